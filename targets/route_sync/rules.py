"""What the programs that talk to AWS demand of a spec."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule
from compiler.spec.path import SpecPath
from compiler.spec.pins import pins
from compiler.spec.runtime import Runtime

_LOCK: SpecPath = ("route_sync", "lock")
_LIBRARY = "boto3"


def lock_is_the_tools(runtime: Runtime) -> Iterator[Finding]:
    """The lock of the tools is not the engine's, and has AWS's library where AWS is asked."""
    lock = runtime.route_sync.lock
    if lock == runtime.engine.lock:
        told = f"{lock} is the engine's lock: every host that asks AWS would get the engine"
        related = (Related("the engine's", ("engine", "lock")),)
        yield Finding(_LOCK, told, f"name a lock of its own, with {_LIBRARY}", related=related)
    elif runtime.aws is not None and _LIBRARY not in pins(runtime.input(lock)):
        told = f"{lock} does not pin {_LIBRARY}, and discovery, secrets and models are asked for with it"
        related = (Related("AWS is asked", ("aws",), on_key=True),)
        yield Finding(_LOCK, told, f"resolve a lock for {_LIBRARY}, with hashes", related=related)


RULES = (
    Rule(
        "DN350",
        lock_is_the_tools,
        "operators once ran route-sync with a Python that lacked it (truth book, section 7)",
    ),
)
