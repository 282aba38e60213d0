"""A look at the other entries of a table, for rules that compare them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from compiler.spec.unknown import Unknown

E = TypeVar("E")
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)


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


def first_owners(entries: Iterable[tuple[str, E]], read: Callable[[E], H]) -> dict[H, str]:
    """By what is read of an entry, the key of the first that has it: one look at the table, however long."""
    first: dict[H, str] = {}
    for key, value in of_all(entries, read):
        first.setdefault(value, key)
    return first
