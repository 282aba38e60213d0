"""A place in the spec: the names on the way to it."""

from __future__ import annotations

SpecPath = tuple[str | int, ...]


def dotted(path: SpecPath) -> str:
    """A path as a person writes it: `serving.coding.workers[0]`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")
