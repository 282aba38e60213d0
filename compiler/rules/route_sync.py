"""Route-sync's times: a run ends before it is ended, and before the next one is due."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule
from compiler.rules.environment import is_taken
from compiler.rules.rounded import up
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration

# Runs that are shorter than this are likelier to be what is wrong.
_RUN = Duration(120_000)


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
    yield from _run_has_time(runtime)


def _run_has_time(runtime: Runtime) -> Iterator[Finding]:
    """A time that outlasts a whole run by itself is what is wrong; else the run is too short."""
    times, profiles = runtime.route_sync, len(runtime.serving)
    parts = {"gate_timeout": times.gate_timeout, "confirm_timeout": times.confirm_timeout}
    exact = Duration(profiles * sum(one.count for one in parts.values()))
    if times.run_timeout >= exact:
        return
    needed = up(exact)
    longest = max(parts, key=lambda name: parts[name])
    field = (
        longest if profiles * parts[longest].count >= times.run_timeout.count >= _RUN.count else "run_timeout"
    )
    each_of = f"for each of {profiles} profiles " if profiles > 1 else ""
    words = {
        "run_timeout": "a run is ended",
        "gate_timeout": "the gate",
        "confirm_timeout": "the confirmation",
    }
    here = "" if field == "run_timeout" else "write a shorter time here; or "
    yield Finding(
        _at(field),
        f"a run is ended after {times.run_timeout}, and may take {needed}: {each_of}a gate of"
        f" {times.gate_timeout} and a confirmation of {times.confirm_timeout}",
        f"{here}write at least {needed}{' as `run_timeout`' if here else ''}",
        related=tuple(Related(told, _at(name)) for name, told in words.items() if name != field),
    )


def variable_is_free(runtime: Runtime) -> Iterator[Finding]:
    """The variable of the port is none that something else reads."""
    name = runtime.route_sync.port_variable
    if is_taken(name):
        told = f"`{name}` means something to a program that reads it by itself, and would be a port"
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
        "the environment file is route-sync's whole environment (truth book, section 7; environ(7);"
        " systemd.exec(5))",
    ),
)
