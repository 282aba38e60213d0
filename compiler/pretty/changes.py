"""What a build did, in a few lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_MOST = 20


def show(out: str, written: Sequence[str], removed: Sequence[str]) -> str:
    """Each path while they are few; else a count for each host, client or folder."""
    if not written and not removed:
        return f"{out} is up to date"
    total = f"{out}: {len(written)} written, {len(removed)} removed"
    lines = [*(f"wrote   {path}" for path in written), *(f"removed {path}" for path in removed)]
    return "\n".join([*(lines if len(lines) <= _MOST else _counted(written, removed)), total])


def _counted(written: Sequence[str], removed: Sequence[str]) -> list[str]:
    new, old = Counter(map(_place, written)), Counter(map(_place, removed))
    places = sorted({*new, *old})
    widest = max(map(len, places))
    return [f"{place:<{widest}}  {new[place]:>4} written  {old[place]:>4} removed" for place in places]


def _place(path: str) -> str:
    first, *rest = path.split("/")
    return f"{first}/{rest[0]}" if len(rest) > 1 else first
