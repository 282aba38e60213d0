"""The type of any place in a spec: what the model says about a path, seen through unions and containers.

Used wherever the compiler must speak about a field without a value of it: did-you-mean, references,
neighbours.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from compiler.source.document import Data
from compiler.spec.node import DocOnly, Node
from compiler.spec.path import SpecPath

_UNIONS = (Union, types.UnionType)
N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Slot:
    """A type and what is noted beside it."""

    annotation: Any
    notes: tuple[Any, ...] = ()

    def arms(self) -> tuple[Slot, ...]:
        """The alternatives of a union, or the slot itself."""
        if get_origin(self.annotation) not in _UNIONS:
            return (self,)
        return tuple(arm for one in get_args(self.annotation) for arm in _slot(one, self.notes).arms())

    def note(self, kind: type[N]) -> N | None:
        """The first note of a kind."""
        found = [note for note in self.notes if isinstance(note, kind)]
        return found[0] if found else None


def _slot(annotation: Any, notes: tuple[Any, ...] = ()) -> Slot:
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return _slot(inner, (*more, *notes))
    return Slot(annotation, notes)


def node_for(slot: Slot, data: Data) -> type[Node] | None:
    """The model that a mapping in this slot is meant to be: of several, the one whose constants fit it."""
    models = [
        arm.annotation
        for arm in slot.arms()
        if isinstance(arm.annotation, type) and issubclass(arm.annotation, Node)
    ]
    fitting = models if len(models) == 1 else [model for model in models if _constants_fit(model, data)]
    return fitting[0] if fitting else None


def _constants_fit(model: type[Node], data: Data) -> bool:
    if not isinstance(data, dict):
        return False
    constants = {
        name: get_args(field.annotation)[0]
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1
    }
    return all(data.get(name, value) == value for name, value in constants.items())


def step(slot: Slot, data: Data, name: str | int) -> Slot | None:
    """The slot of one named part of a value in `slot`; what is for people alone stays so below."""
    inherited = tuple(note for note in slot.notes if isinstance(note, DocOnly))
    for arm in slot.arms():
        origin, args = get_origin(arm.annotation), get_args(arm.annotation)
        if origin is dict and isinstance(data, dict):
            return _slot(args[1], inherited)
        if origin is tuple and isinstance(data, tuple):
            return _slot(args[0], inherited)
    model = node_for(slot, data)
    field = model.model_fields.get(str(name)) if model else None
    return _slot(field.annotation, (*field.metadata, field)) if field else None


def slot_at(root: type[Node], data: Data, path: SpecPath) -> Slot | None:
    """The slot at `path`; none if the model knows no such place."""
    slot: Slot | None = Slot(root)
    for name in path:
        slot = step(slot, data, name) if slot else None
        data = part(data, name)
    return slot


def walk(root: type[Node], data: Data) -> Iterator[tuple[SpecPath, Slot, Data]]:
    """Every scalar of a valid spec with its place and its slot, in the order of the file."""
    waiting: list[tuple[SpecPath, Slot, Data]] = [((), Slot(root), data)]
    while waiting:
        path, slot, value = waiting.pop()
        names = _names(value)
        if not names:
            yield path, slot, value
        for name in reversed(names):
            below = step(slot, value, name)
            if below is not None:
                waiting.append(((*path, name), below, part(value, name)))


def _names(data: Data) -> list[str | int]:
    if isinstance(data, dict):
        return list(data)
    return list(range(len(data))) if isinstance(data, tuple) else []


def reach(data: Data, path: SpecPath) -> Data:
    """The value at `path`, or none."""
    for name in path:
        data = part(data, name)
    return data


def part(data: Data, name: str | int) -> Data:
    """One named part of plain data, or none."""
    if isinstance(data, dict):
        return data.get(str(name))
    if isinstance(data, tuple) and isinstance(name, int) and name < len(data):
        return data[name]
    return None
