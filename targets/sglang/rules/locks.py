"""The engine's lock against the release and the Python that the spec says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.hosts import GpuWorker
from compiler.spec.path import SpecPath
from compiler.spec.pins import normalised, pins
from compiler.spec.runtime import Runtime

_LOCK: SpecPath = ("engine", "lock")


def pins_the_release(runtime: Runtime) -> Iterator[Finding]:
    """The lock pins the engine, and the release of the spec."""
    engine = runtime.engine
    found = pins(runtime.input(engine.lock)).get(normalised(engine.name))
    release = Related("the release", ("engine", "version"))
    if found is None:
        told = f"{engine.lock} does not pin {engine.name}: the engine's environment would not have it"
        way = f"name the engine's own lock, resolved for {engine.name}=={engine.version}"
        yield Finding(_LOCK, told, way, related=(release,))
    elif found not in ("", engine.version):
        yield Finding(
            _LOCK,
            f"{engine.lock} pins {engine.name} {found}, and the spec says {engine.version}",
            f"name a lock of {engine.version}, or write {found} as `engine.version`",
            related=(release,),
        )


def is_for_the_hosts_python(runtime: Runtime, name: str, worker: GpuWorker) -> Iterator[Finding]:
    """Where the lock says for which Python it was resolved, the worker has that one."""
    found = re.search(r"^#.*--python-version[ =](3\.\d+)", _text(runtime), re.MULTILINE)
    if found is not None and found[1] != worker.python:
        yield Finding(
            ("hosts", name, "python"),
            f"`{name}` has Python {worker.python}, and {runtime.engine.lock} was resolved for {found[1]}",
            f"resolve the lock for {worker.python}, or correct the host's Python",
            related=(Related("the lock", _LOCK),),
        )


def _text(runtime: Runtime) -> str:
    return runtime.input(runtime.engine.lock).decode("utf-8", errors="replace")


RULES = (
    Rule(
        "DN310",
        pins_the_release,
        "the environment would bear one release's name and hold another (truth book, section 5)",
    ),
    Rule(
        "DN311",
        each(Runtime.described_workers, is_for_the_hosts_python),
        "compiled wheels are of one Python, and pip refuses what the lock has no hash of (facts: sglang)",
    ),
)
