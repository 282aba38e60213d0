"""What the spec itself says about the place where a rule is broken."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import shorten

from compiler.diagnostics import Related
from compiler.secret_shapes import is_secret
from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath

_WIDTH = 100


def nearest(runtime: Node, path: SpecPath) -> tuple[Node, SpecPath]:
    """The innermost mapping with fields that holds `path`, or is at it, and its own place."""
    value: object = runtime
    found = runtime
    place: SpecPath = ()
    for depth, name in enumerate(path, start=1):
        value = dict(children(value)).get(name)
        if isinstance(value, Node):
            found, place = value, path[:depth]
    return found, place


def because(runtime: Node, path: SpecPath) -> Iterator[Related]:
    """The `why:` of the field at `path`, or of the mapping that holds it."""
    holder, place = nearest(runtime, path)
    why = dict(children(holder)).get("why")
    field = path[len(place)] if len(path) > len(place) else ""
    if field == "why":
        return
    if isinstance(why, dict) and field in why:
        yield from _related(why[field], (*place, "why", field))
    elif isinstance(why, str):
        yield from _related(why, (*place, "why"))


def _related(why: str, path: SpecPath) -> Iterator[Related]:
    if not is_secret(why):
        yield Related(f"why it is so: {shorten(why, _WIDTH, placeholder=' …')}", path)
