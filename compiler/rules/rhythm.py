"""Pauses that are written as if nothing should ever happen: what keeps it alive acts within the hour.

Whoever is up at night trusts that a dead engine has been restarted and a new address has been routed by then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration

HOUR = Duration(3_600_000)
# Loads that were measured may be slower the next time; nobody has seen one of hours.
_LOADS = Duration(2 * HOUR.count)
_TIMES = 4

Check = Callable[[Runtime], Iterator[Finding]]

_PAUSES: tuple[tuple[SpecPath, str], ...] = (
    (("engine", "restart_delay"), "an engine that crashed is started again after"),
    (("engine", "stop_timeout"), "a reboot or an update waits for a hanging engine for"),
    (("route_sync", "interval"), "a worker's new address is routed after"),
    (("route_sync", "boot_delay"), "after a boot of the control plane nothing is routed for"),
    (("watchdog", "boot_delay"), "after a boot of the worker nobody looks at the engine for"),
)


def _pause(path: SpecPath, what: str) -> Check:
    def check(runtime: Runtime) -> Iterator[Finding]:
        section, field = path
        pause: Duration = getattr(getattr(runtime, str(section)), str(field))
        if pause > HOUR:
            yield _finding(path, f"{what} {pause}", f"write {HOUR} at most")

    return check


def _finding(path: SpecPath, told: str, way: str, *related: Related) -> Finding:
    return Finding(path, told, f"{way}; or waive this, and say who looks until then", related=related)


def _grace(runtime: Runtime) -> Iterator[Finding]:
    """An engine that hangs while it loads is left alone for the whole grace."""
    measured = runtime.measured.load_time if runtime.measured else None
    most = max(_LOADS, Duration(_TIMES * measured.count)) if measured else _LOADS
    grace = runtime.watchdog.load_grace
    if grace > most:
        told = f"an engine that hangs at its start is left alone for {grace}"
        yield _finding(("watchdog", "load_grace"), told, f"write {most} at most")


def _first_restart(runtime: Runtime) -> Iterator[Finding]:
    """The first restart comes after one pause between completions, and the failures that it takes."""
    watchdog = runtime.watchdog
    deep, failures, interval = (
        watchdog.deep_probe_interval,
        watchdog.failures_before_restart,
        watchdog.interval,
    )
    counted = Duration(failures * interval.count)
    if deep.count + counted.count <= HOUR.count:
        return
    field = "deep_probe_interval" if deep >= counted else "failures_before_restart"
    field = "interval" if field != "deep_probe_interval" and interval.count * 4 > HOUR.count else field
    told = f"a dead engine is restarted after {deep} and {failures} failures, {interval} apart"
    related = {
        "deep_probe_interval": "so seldom a completion is asked for",
        "failures_before_restart": "so many failures",
        "interval": "the pause between two ticks",
    }
    others = [Related(words, ("watchdog", name)) for name, words in related.items() if name != field]
    yield _finding(("watchdog", field), told, "write less here: all together an hour at most", *others)


def _backoff(runtime: Runtime) -> Iterator[Finding]:
    """The longest pause before the latch outlasts one tick, or there is none."""
    watchdog = runtime.watchdog
    doubled = 2 ** min(max(watchdog.latch_after_restarts - 2, 0), 60)
    longest = min(watchdog.backoff_initial.count * doubled, watchdog.backoff_limit.count)
    in_order = watchdog.backoff_initial <= watchdog.backoff_limit  # else another rule says so
    if in_order and watchdog.latch_after_restarts > 1 and longest < watchdog.interval.count:
        by_limit = watchdog.backoff_limit < watchdog.interval
        field = "backoff_limit" if by_limit else "backoff_initial"
        yield _finding(
            ("watchdog", field),
            f"no pause between restarts is longer than {Duration(max(longest, 1))}, and the next tick comes"
            f" after {watchdog.interval} anyway",
            f"write {watchdog.interval} or more",
            Related("one tick after the other", ("watchdog", "interval")),
        )


_CHECKS: tuple[tuple[str, Check], ...] = (
    *((".".join(map(str, path)), _pause(path, what)) for path, what in _PAUSES),
    ("grace", _grace),
    ("first restart", _first_restart),
    ("backoff", _backoff),
)


def _parts(runtime: Runtime) -> Iterator[tuple[str, Check]]:
    del runtime
    yield from _CHECKS


def acts_within_the_hour(runtime: Runtime, _: str, check: Check) -> Iterator[Finding]:
    """A dead engine is restarted, and a new address routed, within an hour; pauses are pauses."""
    yield from check(runtime)


RULES = (
    Rule(
        "DN141",
        each(_parts, acts_within_the_hour),
        "what waits for days heals nothing, and looks as if it would (truth book, sections 7 and 8)",
        waivable=True,
    ),
)
