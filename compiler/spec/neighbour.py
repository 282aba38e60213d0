"""Another valid value for a leaf: the step that the leaf walk and line provenance take."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from compiler.source.document import Data
from compiler.spec.node import Node, Refers
from compiler.spec.path import SpecPath
from compiler.spec.references import entries
from compiler.spec.shape import Slot, reach, slot_at
from compiler.spec.units import Quantity
from compiler.spec.word import Word


class Constant(Exception):
    """The leaf has no other valid value in this spec."""


def neighbour(root: type[Node], data: Data, path: SpecPath) -> Data:
    """Another valid value for the scalar at `path`.

    Raises:
        Constant: its type, or this spec, allows no other.
    """
    slot = slot_at(root, data, path)
    if slot is None:
        raise Constant(f"no type is known at {path}")
    value = reach(data, path)
    if isinstance(value, tuple | dict):
        raise Constant(f"{path} holds nothing")
    refers = slot.note(Refers)
    return _other_key(data, refers, value) if refers else _other(slot, value)


def _other_key(data: Data, refers: Refers, value: Data) -> str:
    for key in entries(data, refers):
        if key != value:
            return key
    raise Constant(f"{refers.table} has no other such entry")


def _other(slot: Slot, value: Data) -> Data:
    arms = [arm for arm in slot.arms() if arm.annotation is not type(None)]
    if value is None:
        return _example(arms[0])
    for arm in arms:
        if (found := _step(arm, value)) is not None:
            return found
    raise Constant(f"{slot.annotation} has no other value")


def _step(arm: Slot, value: Data) -> Data:
    if get_origin(arm.annotation) is Literal:
        return _other_literal(get_args(arm.annotation), value)
    if isinstance(arm.annotation, type) and issubclass(arm.annotation, Quantity):
        return str(arm.annotation.parse(value).neighbour())
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return _number(arm, value)
    return _text(arm, str(value))


def _other_literal(choices: tuple[Any, ...], value: Data) -> Data:
    others = [choice for choice in choices if choice != value]
    if not others:
        raise Constant(f"only {value!r} is allowed")
    return others[0]  # type: ignore[no-any-return]


def _number(arm: Slot, value: float) -> float:
    step: float = 1 if arm.annotation is int else 0.01
    for candidate in (value + step, value - step):
        if all(_within(bound, candidate) for bound in _bounds(arm)):
            return round(candidate, 6)
    raise Constant("the bounds leave one value")


def _bounds(arm: Slot) -> list[Any]:
    found: list[Any] = []
    for note in arm.notes:
        found.extend(note.metadata if isinstance(note, FieldInfo) else [note])
    return found


def _within(bound: Any, value: float) -> bool:
    return bool(
        value >= getattr(bound, "ge", value)
        and value <= getattr(bound, "le", value)
        and value > getattr(bound, "gt", value - 1)
        and value < getattr(bound, "lt", value + 1)
    )


def _text(arm: Slot, value: str) -> str | None:
    word = arm.note(Word)
    if word is not None:
        if not re.fullmatch(word.pattern, value):
            return None
        return _accepted(word, word.neighbour(value))
    return _by_pattern(arm, value)


def _accepted(word: Word, candidate: str) -> str:
    try:
        return word.accept(candidate)
    except ValueError as error:
        raise Constant(f"no neighbour is known: {error}") from error


def _by_pattern(arm: Slot, value: str) -> str:
    patterns = [bound.pattern for bound in _bounds(arm) if getattr(bound, "pattern", None)]
    last = value[-1:]
    for candidate in (value + "x", value[:-1] + ("1" if last != "1" else "2"), value + "0"):
        if all(re.search(pattern, candidate) for pattern in patterns):
            return candidate
    raise Constant(f"no neighbour of {value!r} is known")


def _example(arm: Slot) -> Data:
    word = arm.note(Word)
    if word is not None:
        return word.example
    if get_origin(arm.annotation) is Literal:
        return _other_literal(get_args(arm.annotation), None)
    if isinstance(arm.annotation, type) and issubclass(arm.annotation, Quantity):
        return arm.annotation.EXAMPLE
    for note in arm.notes:
        if isinstance(note, FieldInfo) and note.examples:
            return note.examples[0]  # type: ignore[no-any-return]
    raise Constant(f"{arm.annotation} shows no example")
