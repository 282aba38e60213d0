"""A look at the other entries of a table, for rules that compare them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from compiler.spec.unknown import Unknown

E = TypeVar("E")
V = TypeVar("V")


def of_all(entries: Iterable[tuple[str, E]], read: Callable[[E], V]) -> Iterator[tuple[str, V]]:
    """What is read of each entry, by its key; an entry of which it is not known is passed over.

    A mistake in one entry then hides nothing that two others have with each other.
    """
    for key, entry in entries:
        try:
            value = read(entry)
        except Unknown:
            continue
        yield key, value
