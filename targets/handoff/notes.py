"""Every reason and every assumption of the spec, with the place that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from compiler.spec.node import Node, Notes, children
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime

Kind = Literal["why", "assumed", "waive"]


@dataclass(frozen=True, slots=True)
class Note:
    """One text and the place that it is about."""

    place: str
    text: str


def collect(runtime: Runtime, kind: Kind) -> list[Note]:
    """All notes of a kind, in the order of the spec."""
    return list(_below(runtime, (), kind))


def _below(value: object, path: SpecPath, kind: Kind) -> Iterator[Note]:
    if isinstance(value, Node):
        yield from _of(value, path, kind)
    for name, child in children(value):
        if name not in get_args(Kind):
            yield from _below(child, (*path, name), kind)


def _of(node: Node, path: SpecPath, kind: Kind) -> Iterator[Note]:
    if kind == "waive":
        for code, noted in (node.waive or {}).items():
            for one in _texts(noted, path):
                yield Note(one.place, f"{code}: {one.text}")
    else:
        yield from _texts(node.why if kind == "why" else node.assumed, path)


def _texts(noted: Notes | None, path: SpecPath) -> Iterator[Note]:
    entries = noted.items() if isinstance(noted, dict) else [("", noted)] if noted else []
    for field, text in entries:
        yield Note(dotted((*path, field) if field else path) or "the runtime", text)
