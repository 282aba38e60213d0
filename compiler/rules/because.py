"""What the spec itself says about the place where a rule is broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from textwrap import shorten

from compiler.diagnostics import Diagnostic, Related
from compiler.secret_shapes import is_secret
from compiler.spec.node import Node, part
from compiler.spec.path import SpecPath

_WIDTH = 100


def nearest(runtime: Node, path: SpecPath) -> tuple[Node, SpecPath]:
    """The innermost mapping with fields that holds `path`, or is at it, and its own place."""
    value: object = runtime
    found = runtime
    place: SpecPath = ()
    for depth, name in enumerate(path, start=1):
        value = part(value, name)
        if isinstance(value, Node):
            found, place = value, path[:depth]
    return found, place


def because(runtime: Node, path: SpecPath) -> Iterator[Related]:
    """The `why:` of the very field at `path`; a mapping's only where the finding is about the mapping."""
    holder, place = nearest(runtime, path)
    why = part(holder, "why")
    field = path[len(place)] if len(path) > len(place) else ""
    if isinstance(why, dict) and field in why and field != "why":
        yield from _related(why[field], (*place, "why", field))
    elif isinstance(why, str) and path == place:
        yield from _related(why, (*place, "why"))


def _related(why: str, path: SpecPath) -> Iterator[Related]:
    """The text is in the note, so that the mark is at its key: a paragraph is not to be underlined."""
    if not is_secret(why):
        told = f"why it is so: {shorten(why, _WIDTH, placeholder=' …')}"
        yield Related(told, path, on_key=True)


def once(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The same findings, and each `why:` beside the first of them alone."""
    said: set[SpecPath] = set()
    for one in found:
        new = [other for other in one.related if not (_is_why(other.path) and other.path in said)]
        said.update(other.path for other in new if _is_why(other.path))
        yield one if len(new) == len(one.related) else replace(one, related=tuple(new))


def _is_why(path: SpecPath) -> bool:
    return "why" in path[-2:]
