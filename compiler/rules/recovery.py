"""The watchdog's policy: numbers that must fit, or it restarts what loads and waits for what hangs.

How they work together is decided in the watchdog's `decide` (truth book, section 8; facts: watchdog).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration

COMMANDS = Duration(90_000)
"""What one tick may wait for commands, beside its questions to the engine: three looks at systemd and the
engine's Python and two actions of ten seconds each, and the driver twice for twenty."""
QUESTIONS = 4
"""Short questions to the engine in one tick: /health, the model list, and /metrics twice."""
REMEMBERED = 100
"""So many restarts of the last hour the watchdog remembers."""

# Weights of tens of gigabytes come from NVMe in a minute or two, and kernels are built at the first start.
_LOADS = Duration(300_000)
_DAY = Duration(86_400_000)
_HOUR = Duration(3_600_000)

Check = Callable[[Runtime], Iterator[Finding]]


def grace_covers_load(runtime: Runtime) -> Iterator[Finding]:
    """The load grace is at least as long as the load that was measured."""
    measured = runtime.measured.load_time if runtime.measured else None
    grace = runtime.watchdog.load_grace
    if measured is not None and grace < measured:
        yield Finding(
            ("watchdog", "load_grace"),
            f"the engine may load for {grace}, and its load took {measured} when it was measured",
            f"write more than {measured}: a load with kernels to build takes longer",
            related=(Related("measured here", ("measured", "load_time")),),
        )


def grace_is_believable(runtime: Runtime) -> Iterator[Finding]:
    """A short grace rests on a measured load."""
    measured = runtime.measured.load_time if runtime.measured else None
    grace = runtime.watchdog.load_grace
    if measured is None and grace < _LOADS:
        yield Finding(
            ("watchdog", "load_grace"),
            f"whether the engine loads within {grace} is not checked: nobody has measured it",
            f"write the time of a cold start as `measured.load_time`, or at least {_LOADS} here",
        )


def _pauses(runtime: Runtime) -> Iterator[Finding]:
    watchdog = runtime.watchdog
    if watchdog.backoff_initial > watchdog.backoff_limit:
        yield Finding(
            ("watchdog", "backoff_initial"),
            f"the first pause is {watchdog.backoff_initial}, and the longest {watchdog.backoff_limit}",
            "write a first pause that can double before it reaches the limit",
            related=(Related("the longest pause", ("watchdog", "backoff_limit")),),
        )


def _budget(runtime: Runtime) -> Iterator[Finding]:
    allowed = runtime.watchdog.restarts_per_hour
    if allowed >= REMEMBERED:
        yield Finding(
            ("watchdog", "restarts_per_hour"),
            f"{allowed} restarts an hour are never used up: the watchdog remembers {REMEMBERED}",
            "write as many as there are loads in an hour, such as 4",
        )


def _latch(runtime: Runtime) -> Iterator[Finding]:
    latch = runtime.watchdog.latch_after_restarts
    least = _until_latched(runtime)
    if least > _DAY:
        yield Finding(
            ("watchdog", "latch_after_restarts"),
            f"an engine that never answers is restarted for {_about(least)} before {latch} restarts latch it",
            "write a number that a person hears of within the day, such as 4",
            related=(
                Related("each restart may load for so long", ("watchdog", "load_grace")),
                Related("and the pause between two grows to this", ("watchdog", "backoff_limit")),
            ),
        )


def _until_latched(runtime: Runtime) -> Duration:
    """Between two restarts of an engine that hangs lie the load grace and the failures, or the pause."""
    watchdog = runtime.watchdog
    judged = watchdog.load_grace.count + watchdog.failures_before_restart * watchdog.interval.count
    spent, pause = 0, watchdog.backoff_initial.count
    for _ in range(min(watchdog.latch_after_restarts, 10_000) - 1):
        spent += max(judged, min(pause, watchdog.backoff_limit.count))
        pause = min(2 * pause, watchdog.backoff_limit.count)
    return Duration(spent)


def _about(time: Duration) -> str:
    return f"{time.count // _HOUR.count} hours"


def _tick_has_time(runtime: Runtime) -> Iterator[Finding]:
    watchdog = runtime.watchdog
    probes = QUESTIONS * watchdog.probe_timeout.count + watchdog.deep_probe_timeout.count
    needed = Duration(probes + COMMANDS.count)
    if watchdog.run_timeout < needed:
        yield Finding(
            ("watchdog", "run_timeout"),
            f"a tick is ended after {watchdog.run_timeout}, and its time-outs add up to {needed}: "
            f"{QUESTIONS} × {watchdog.probe_timeout} + {watchdog.deep_probe_timeout} for the engine, "
            f"{COMMANDS} for systemd and the driver",
            f"write at least {needed}, or shorten the probes",
            related=(
                Related("for each short question", ("watchdog", "probe_timeout")),
                Related("for one completion", ("watchdog", "deep_probe_timeout")),
            ),
        )


def _probes_are_ordered(runtime: Runtime) -> Iterator[Finding]:
    watchdog = runtime.watchdog
    if watchdog.deep_probe_timeout < watchdog.probe_timeout:
        yield Finding(
            ("watchdog", "deep_probe_timeout"),
            f"a completion gets {watchdog.deep_probe_timeout}, and a question that is answered at once "
            f"{watchdog.probe_timeout}",
            "give the completion more time than the question",
            related=(Related("the short question", ("watchdog", "probe_timeout")),),
        )
    if watchdog.deep_probe_interval < watchdog.interval:
        yield Finding(
            ("watchdog", "deep_probe_interval"),
            f"a completion is due every {watchdog.deep_probe_interval}, and a tick every {watchdog.interval}",
            f"write at least {watchdog.interval}",
            related=(Related("one tick after the other", ("watchdog", "interval")),),
        )


def _timer_is_exact(runtime: Runtime) -> Iterator[Finding]:
    watchdog = runtime.watchdog
    if watchdog.accuracy >= watchdog.interval:
        yield Finding(
            ("watchdog", "accuracy"),
            f"a timer that may be {watchdog.accuracy} late does not keep a pause of {watchdog.interval}",
            "write a small part of the pause, such as 5s",
            related=(Related("the pause", ("watchdog", "interval")),),
        )


def _parts(*checks: Check) -> Callable[[Runtime], Iterator[tuple[str, Check]]]:
    """Checks of one rule, each by itself: what is not known for one hides nothing from the others."""
    return lambda _: iter([(check.__name__, check) for check in checks])


def restarts_come_to_an_end(runtime: Runtime, _: str, check: Check) -> Iterator[Finding]:
    """Pauses grow, the budget can be used up, and the latch closes within a day."""
    yield from check(runtime)


def ticks_have_time(runtime: Runtime, _: str, check: Check) -> Iterator[Finding]:
    """A tick outlives all its time-outs, its probes are in order, and its timer is exact enough."""
    yield from check(runtime)


RULES = (
    Rule(
        "DN054",
        grace_is_believable,
        "an engine that loads for longer is restarted each time before it can serve (facts: watchdog)",
        severity="note",
        waivable=True,
    ),
    Rule(
        "DN084",
        grace_covers_load,
        "a start younger than the grace is loading, an older one fails and is restarted (facts: watchdog)",
    ),
    Rule(
        "DN085",
        each(_parts(_pauses, _budget, _latch), restarts_come_to_an_end),
        "growing pauses, a budget and a latch keep a fault from restarting for ever (facts: watchdog)",
    ),
    Rule(
        "DN086",
        each(_parts(_tick_has_time, _probes_are_ordered, _timer_is_exact), ticks_have_time),
        "systemd ends a tick that takes longer, and nothing that it saw counts (truth book, section 8)",
    ),
)
