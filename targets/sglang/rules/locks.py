"""The engine's lock against the release and the Python that the spec says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.hosts import GpuWorker
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_LOCK: SpecPath = ("engine", "lock")


def pins_the_release(runtime: Runtime) -> Iterator[Finding]:
    """Where the lock pins the engine, it pins the release of the spec."""
    engine = runtime.engine
    found = re.search(rf"^{re.escape(engine.name)}==(\S+)", _text(runtime), re.MULTILINE)
    if found is not None and found[1] != engine.version:
        yield Finding(
            _LOCK,
            f"{engine.lock} pins {engine.name} {found[1]}, and the spec says {engine.version}",
            f"name a lock of {engine.version}, or write {found[1]} as `engine.version`",
            related=(Related("the release", ("engine", "version")),),
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
        each(Runtime.workers, is_for_the_hosts_python),
        "compiled wheels are of one Python, and pip refuses what the lock has no hash of (facts: sglang)",
    ),
)
