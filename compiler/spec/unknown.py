"""Values that are not known: where a spec has a mistake, rules see the rest of it and nothing there."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from compiler.spec.node import listening
from compiler.spec.path import SpecPath


class Unknown(LookupError):
    """A rule asked for a value that the spec gives wrongly or not at all; it has nothing to say there."""


@contextmanager
def hiding(paths: AbstractSet[SpecPath]) -> Iterator[list[SpecPath]]:
    """While the block runs, reading a field at one of `paths` raises `Unknown`, and is noted in the list."""
    met: list[SpecPath] = []

    def refuse(path: SpecPath) -> None:
        if path in paths:
            met.append(path)
            raise Unknown(path)

    if not paths:
        yield met
        return
    with listening(refuse):
        yield met
