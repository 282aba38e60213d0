"""What a program's configuration uses and provides: its typed fields say so."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping

from compiler.formats.json import Value
from compiler.link.reads import marks
from compiler.link.thing import Link

Leaf = tuple[str, object, int]


def links(value: Value) -> Iterator[Link]:
    """What the typed fields of a document say."""
    for field, leaf, line in leaves(value):
        yield from marks.links(leaf, field, line)


def leaves(value: Value, field: str = "", line: int = 1) -> Generator[Leaf, None, int]:
    """Every scalar with the field that it stands in and the number of its line, as `Json` lays them out.

    Returns:
        The number of the last line.
    """
    if not isinstance(value, Mapping | list | tuple) or not value:
        yield field, value, line
        return line
    parts = value.items() if isinstance(value, Mapping) else ((field, part) for part in value)
    for key, part in parts:
        line = yield from leaves(part, key, line + 1)
    return line + 1
