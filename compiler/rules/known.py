"""What is known of a spec, with its places: for rules that look at every text or list, wherever it stands.

In a spec with mistakes, what is wrong has a stand-in; a rule that goes over everything must not judge it.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath
from compiler.spec.unknown import Unknown


def known(value: object, path: SpecPath = ()) -> Iterator[tuple[SpecPath, object]]:
    """`value` and everything below it that is known, each with its place, in the order of the fields."""
    yield path, value
    for name, child in _parts(value):
        yield from known(child, (*path, name))


def _parts(value: object) -> Iterator[tuple[str | int, object]]:
    if not isinstance(value, Node):
        yield from children(value)
        return
    for name in type(value).model_fields:
        try:
            yield name, getattr(value, name)
        except Unknown:
            continue
