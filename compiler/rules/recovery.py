"""The watchdog's policy: numbers that must fit, or it restarts what loads and waits for what hangs.

How they work together is decided in the watchdog's `decide` (truth book, section 8; facts: watchdog).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.rules.rounded import up
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
_ONCE = Duration(3 * _HOUR.count)
_BUDGET = 2

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
            f"nobody has measured that the engine loads within {grace}: a longer load is restarted each time",
            f"write at least {_LOADS}, or the time of a cold start as `measured.load_time`; or waive this, "
            "and say why it is enough",
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
    """Each restart loads: only so many fit an hour, and systemd's own, after a crash, may double them."""
    allowed, grace = runtime.watchdog.restarts_per_hour, runtime.watchdog.load_grace
    loads = max(1, _HOUR.count // grace.count)
    most = min(_BUDGET * max(2, loads), REMEMBERED - 1)
    if allowed > most:
        remembered = f", and the watchdog remembers {REMEMBERED}" if allowed >= REMEMBERED else ""
        yield Finding(
            ("watchdog", "restarts_per_hour"),
            f"{allowed} restarts an hour are never used up: each may load for {grace}{remembered}",
            f"write at most {most}, such as {max(2, loads)}",
            related=(Related("each restart may load for so long", ("watchdog", "load_grace")),),
        )


def _latch(runtime: Runtime) -> Iterator[Finding]:
    latch = runtime.watchdog.latch_after_restarts
    least = _until_latched(runtime)
    if least > _DAY and _until_restarted(runtime) <= _ONCE.count:  # else another rule names what is long
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
    """Before each restart of an engine that hangs lie the load grace and the failures, or the pause."""
    watchdog = runtime.watchdog
    judged = _until_restarted(runtime)
    spent, pause = judged, watchdog.backoff_initial.count
    for _ in range(min(watchdog.latch_after_restarts, 10_000) - 1):
        spent += max(judged, min(pause, watchdog.backoff_limit.count))
        pause = min(2 * pause, watchdog.backoff_limit.count)
    return Duration(spent)


def _until_restarted(runtime: Runtime) -> int:
    watchdog = runtime.watchdog
    return watchdog.load_grace.count + watchdog.failures_before_restart * watchdog.interval.count


def _about(time: Duration) -> str:
    return f"{time.count // _HOUR.count} hours"


def _tick_has_time(runtime: Runtime) -> Iterator[Finding]:
    """Time-outs that do not fit are named, and the one that cannot fit by itself is what is wrong."""
    watchdog = runtime.watchdog
    short, deep, ends = watchdog.probe_timeout, watchdog.deep_probe_timeout, watchdog.run_timeout
    exact = Duration(QUESTIONS * short.count + deep.count + COMMANDS.count)
    if ends >= exact:
        return
    needed = up(exact)
    told = (
        f"a tick is ended after {ends}, and its time-outs add up to {needed}: {QUESTIONS} × {short} + {deep}"
        f" for the engine, {COMMANDS} for systemd and the driver"
    )
    places = {
        "run_timeout": "a tick is ended then",
        "probe_timeout": "for each short question",
        "deep_probe_timeout": "for one completion",
    }
    at = _too_long(runtime) or "run_timeout"
    here = "" if at == "run_timeout" else "write a shorter time here; or "
    yield Finding(
        ("watchdog", at),
        told,
        f"{here}write at least {needed} as `run_timeout`" + ("" if here else ", or shorten the probes"),
        related=tuple(Related(words, ("watchdog", name)) for name, words in places.items() if name != at),
    )


def _too_long(runtime: Runtime) -> str | None:
    """The probe whose time-outs alone outlast a tick that has a sensible length."""
    watchdog = runtime.watchdog
    short, deep = QUESTIONS * watchdog.probe_timeout.count, watchdog.deep_probe_timeout.count
    if watchdog.run_timeout.count < 2 * COMMANDS.count or max(short, deep) < watchdog.run_timeout.count:
        return None
    return "probe_timeout" if short > deep else "deep_probe_timeout"


def _probes_are_ordered(runtime: Runtime) -> Iterator[Finding]:
    watchdog = runtime.watchdog
    if watchdog.deep_probe_timeout < watchdog.probe_timeout and _too_long(runtime) != "probe_timeout":
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
