"""Times as people write them, for help: a few more seconds are no harm, and nobody writes 2535s."""

from __future__ import annotations

from compiler.spec.units import Duration

_SECOND, _MINUTE, _HOUR = 1000, 60_000, 3_600_000


def up(time: Duration) -> Duration:
    """At least `time`, in whole seconds, from two minutes on in minutes, and from a day on in hours."""
    count = time.count
    unit = _SECOND if count < 2 * _MINUTE else _MINUTE if count < 24 * _HOUR else _HOUR
    return Duration(-(-count // unit) * unit)
