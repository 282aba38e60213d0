"""The type of any place in a spec: what the model says about a path, seen through unions and containers.

Used wherever the compiler must speak about a field without a value of it: did-you-mean, references,
neighbours.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from compiler.source.document import Data
from compiler.spec.node import DocOnly, Node, RuleOnly, VerifyOnly
from compiler.spec.path import SpecPath

_UNIONS = (Union, types.UnionType)
N = TypeVar("N")


@dataclass(frozen=True)
class Slot:
    """A type and what is noted beside it."""

    annotation: Any
    notes: tuple[Any, ...] = ()

    def arms(self) -> tuple[Slot, ...]:
        """The alternatives of a union, or the slot itself."""
        return self._arms

    @cached_property
    def _arms(self) -> tuple[Slot, ...]:
        if get_origin(self.annotation) not in _UNIONS:
            return (self,)
        return tuple(arm for one in get_args(self.annotation) for arm in slot_of(one, self.notes).arms())

    @cached_property
    def models(self) -> tuple[type[Node], ...]:
        """The models that a mapping in this slot may be."""
        kinds = [arm.annotation for arm in self.arms()]
        return tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Node))

    @cached_property
    def lasting(self) -> tuple[Any, ...]:
        """The notes that are of everything below, too."""
        return tuple(note for note in self.notes if isinstance(note, DocOnly | RuleOnly | VerifyOnly))

    @cached_property
    def entries(self) -> Slot | None:
        """What the values of a table are, if this may be one."""
        return self._inside(dict)

    @cached_property
    def names(self) -> Slot | None:
        """What the keys of a table are, if this may be one."""
        found = [get_args(arm.annotation) for arm in self.arms() if get_origin(arm.annotation) is dict]
        return slot_of(found[0][0]) if found else None

    @cached_property
    def items(self) -> Slot | None:
        """What the items of a list are, if this may be one."""
        return self._inside(tuple)

    def _inside(self, kind: type) -> Slot | None:
        found = [get_args(arm.annotation) for arm in self.arms() if get_origin(arm.annotation) is kind]
        return slot_of(found[0][kind is dict], self.lasting) if found else None

    def bound(self, name: str) -> Any:
        """A bound of the type, such as `ge` or `max_length`, if it has one."""
        notes = [note for arm in self.arms() for note in arm.notes]
        inner = [one for note in notes for one in (note, *getattr(note, "metadata", ()))]
        return next((found for one in inner if (found := getattr(one, name, None)) is not None), None)

    def note(self, kind: type[N]) -> N | None:
        """The first note of a kind."""
        found = [note for note in self.notes if isinstance(note, kind)]
        return found[0] if found else None


def slot_of(annotation: Any, notes: tuple[Any, ...] = ()) -> Slot:
    """The slot of a type, with what is noted inside and beside it."""
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return slot_of(inner, (*more, *notes))
    return Slot(annotation, notes)


def node_for(slot: Slot, data: Data) -> type[Node] | None:
    """The model that a mapping in this slot is meant to be: of several, the one whose constants fit it."""
    models = slot.models
    fitting = models if len(models) == 1 else [model for model in models if _constants_fit(model, data)]
    return fitting[0] if fitting else None


def _constants_fit(model: type[Node], data: Data) -> bool:
    if not isinstance(data, dict):
        return False
    return all(data.get(name, value) == value for name, value in _constants(model).items())


@cache
def _constants(model: type[Node]) -> dict[str, Any]:
    """The fields that have one value in this model, and are what tells it apart."""
    return {
        name: get_args(field.annotation)[0]
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1
    }


@cache
def _slots(model: type[Node]) -> dict[str, Slot]:
    """The slots of a model's fields."""
    return {
        name: slot_of(field.annotation, (*field.metadata, field))
        for name, field in model.model_fields.items()
    }


def step(slot: Slot, data: Data, name: str | int) -> Slot | None:
    """The slot of one named part of a value in `slot`; what is for people or rules alone stays so below."""
    inside = slot.entries if isinstance(data, dict) else slot.items if isinstance(data, tuple) else None
    if inside is not None:
        return inside
    model = node_for(slot, data)
    found = _slots(model).get(str(name)) if model else None
    return Slot(found.annotation, (*found.notes, *slot.lasting)) if found and slot.lasting else found


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
