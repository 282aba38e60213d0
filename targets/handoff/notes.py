"""Every reason and every assumption of the spec, with the place that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Note:
    """One text and the place that it is about."""

    place: str
    text: str


def collect(runtime: Runtime, kind: Literal["why", "assumed"]) -> list[Note]:
    """All notes of a kind, in the order of the spec."""
    return list(_below(runtime, (), kind))


def _below(value: object, path: SpecPath, kind: Literal["why", "assumed"]) -> Iterator[Note]:
    if isinstance(value, Node):
        noted = value.why if kind == "why" else value.assumed
        entries = noted.items() if isinstance(noted, dict) else [("", noted)] if noted else []
        for field, text in entries:
            yield Note(dotted((*path, field) if field else path) or "the runtime", text)
    for name, child in children(value):
        if name not in ("why", "assumed"):
            yield from _below(child, (*path, name), kind)
