"""All files that an output reads, and those that these read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.link.graph import GIVEN, Scope
from compiler.link.thing import Needs


def read_by(scope: Scope, starts: Iterable[str]) -> list[str]:
    """The paths of all artifacts that are read when the given ones are, in order; these among them.

    What a program finds there and keeps by itself (`seed`) is not the compiler's to compare.
    """
    seen: set[str] = set()
    waiting = [*starts]
    while waiting:
        path = waiting.pop()
        if path not in seen and _is_ours(scope, path):
            seen.add(path)
            waiting += [
                one for need in scope.needs.get(path, ()) if need.reads for one in _files(scope, need)
            ]
    return sorted(seen)


def _is_ours(scope: Scope, path: str) -> bool:
    one = scope.artifacts.get(path)
    return one is not None and one.planned.artifact.keep != "seed"


def _files(scope: Scope, need: Needs) -> Iterator[str]:
    """The files that are what is needed, or that decide what it is."""
    if need.thing.kind in ("path", "module"):
        for one in scope.providers(need.thing):
            if one.offer.made_of:
                yield from one.offer.made_of
            elif one.source != GIVEN and (need.thing.kind == "module" or one.source == need.thing.name):
                yield one.source
