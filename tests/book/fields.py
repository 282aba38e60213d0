"""Leaves of a spec and the fields of the models that they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from compiler.source.document import Data
from compiler.spec.neighbour import Constant, neighbour
from compiler.spec.node import Node, Refers
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, node_for, part, reach, step, walk
from tests.book.compiling import document, mutated, unchanged

COMMENTARY = frozenset({"why", "assumed", "waive"})


@cache
def leaves(spec: Path) -> dict[SpecPath, Slot]:
    """Every scalar that is a fact; commentary, waivers included, is none."""
    walked = walk(Runtime, document(spec).data)
    return {path: slot for path, slot, _ in walked if not COMMENTARY.intersection(path)}


def field(spec: Path, path: SpecPath) -> str:
    """The field that a leaf belongs to, as `Model.field`; items and keys belong to their container's."""
    slot: Slot | None = Slot(Runtime)
    data, owner = document(spec).data, ""
    for name in path:
        assert slot is not None
        model = node_for(slot, data)
        if model is not None and name in model.model_fields:
            owner = f"{model.__name__}.{name}"
        slot, data = step(slot, data, name), part(data, name)
    return owner


def every_field() -> dict[str, Any]:
    """Every field of every model below the root, with its annotation."""
    return {
        f"{model.__name__}.{name}": info.annotation
        for model in _models(Runtime, set())
        for name, info in model.model_fields.items()
        if name not in COMMENTARY
    }


def _models(annotation: Any, seen: set[type[Node]]) -> Iterator[type[Node]]:
    if isinstance(annotation, type) and issubclass(annotation, Node):
        if annotation in seen:
            return
        seen.add(annotation)
        yield annotation
        for info in annotation.model_fields.values():
            yield from _models(info.annotation, seen)
    for inner in get_args(annotation):
        yield from _models(inner, seen)


def is_constant(annotation: Any) -> bool:
    """Whether the type itself leaves one value."""
    return get_origin(annotation) is Literal and len(get_args(annotation)) == 1


def other_value(spec: Path, path: SpecPath) -> Data:
    """The neighbour of a leaf; none when its type or this spec has no other value for it."""
    try:
        return neighbour(Runtime, document(spec).data, path)
    except Constant:
        return None


def moved(spec: Path, *changes: tuple[SpecPath, Data]) -> set[str]:
    """The outputs that are other than before when the changes are made."""
    before, after = unchanged(spec), mutated(spec, *changes)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def change(spec: Path, path: SpecPath, value: Data) -> list[tuple[SpecPath, Data]]:
    """What must change for one leaf to be `value`: a worker serves one profile, so two swap places."""
    refers = leaves(spec)[path].note(Refers)
    changes = [(path, value)]
    if refers is not None and refers.role == "gpu":
        data = document(spec).data
        changes += [
            (at, reach(data, path))
            for at in leaves(spec)
            if at[-2:-1] == ("workers",) and reach(data, at) == value
        ]
    return changes
