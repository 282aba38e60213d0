"""Route-sync's times: a run ends before it is ended, and before the next one is due."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration


def _at(field: str) -> SpecPath:
    return ("route_sync", field)


def times_fit(runtime: Runtime) -> Iterator[Finding]:
    """A run has time for a gate and a confirmation of every profile, and the timer keeps its rhythm."""
    times = runtime.route_sync
    if times.accuracy > times.interval:
        yield Finding(
            _at("accuracy"),
            f"the timer may be {times.accuracy} late, and the pause between two runs is {times.interval}",
            f"write at most {times.interval}",
            related=(Related("the pause", _at("interval")),),
        )
    profiles = len(runtime.serving)
    needed = Duration(profiles * (times.gate_timeout.count + times.confirm_timeout.count))
    if times.run_timeout < needed:
        yield Finding(
            _at("run_timeout"),
            f"a run is ended after {times.run_timeout}, and may take {needed}: {profiles} times a gate of"
            f" {times.gate_timeout} and a confirmation of {times.confirm_timeout}, one for each profile",
            f"write at least {needed}",
            related=(
                Related("the gate", _at("gate_timeout")),
                Related("the confirmation", _at("confirm_timeout")),
            ),
        )


# What the loader, the shell, Python and systemd take from the environment (environ(7), ld.so(8)).
_SYSTEMS_OWN = re.compile(
    r"PATH|HOME|USER|LOGNAME|SHELL|PWD|IFS|ENV|BASH_ENV|LANG|TZ|TERM|TMPDIR|INVOCATION_ID|NOTIFY_SOCKET"
    r"|(?:LD|LC|PYTHON|LISTEN|AWS|SYSTEMD)_?[A-Z0-9_]+|[A-Z_]+_DIRECTORY"
)


def variable_is_free(runtime: Runtime) -> Iterator[Finding]:
    """The variable of the port is none that something else reads."""
    name = runtime.route_sync.port_variable
    if _SYSTEMS_OWN.fullmatch(name):
        told = f"`{name}` means something to the system itself, and would be a port"
        yield Finding(_at("port_variable"), told, "write a name of your own, such as LLM_PORT")


RULES = (
    Rule(
        "DN075",
        times_fit,
        "a run that is ended half-way may leave two ingresses on different workers (truth book, section 7)",
    ),
    Rule(
        "DN077",
        variable_is_free,
        "the environment file is route-sync's whole environment (truth book, section 7; environ(7))",
    ),
)
