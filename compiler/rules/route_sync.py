"""Route-sync's times: a run ends before it is ended, and before the next one is due."""

from __future__ import annotations

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
    for field in ("interval", "gate_timeout", "confirm_timeout"):
        if not getattr(times, field).count:
            yield Finding(_at(field), f"`{field}` is no time at all", "write a time, such as 30s")
    if times.accuracy > times.interval > Duration(0):
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


RULES = (
    Rule(
        "DN075",
        times_fit,
        "a run that is ended half-way may leave two ingresses on different workers (truth book, section 7)",
    ),
)
