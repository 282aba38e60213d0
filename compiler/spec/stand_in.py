"""Something valid where a value is wrong or missing, so that the rest of the spec can be looked at."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from compiler.source.document import Data
from compiler.spec.node import Node, Refers
from compiler.spec.references import entries
from compiler.spec.shape import Slot, slot_of
from compiler.spec.units import Quantity
from compiler.spec.word import Word


class NoStandIn(Exception):
    """The type of the place shows no valid value."""


def stand_in(data: Data, slot: Slot, *, filled: bool = False) -> Data:
    """A valid value for `slot`; `data` is the whole spec, whose keys references may name.

    With `filled`, lists and tables hold something also where they need not, as an example does.

    Raises:
        NoStandIn: none is known.
    """
    refers = slot.note(Refers)
    if refers is not None:
        return next((one for one in entries(data, refers) if _fits(slot.note(Word), one)), "none")
    arms = slot.arms()
    if any(arm.annotation is type(None) for arm in arms):
        return None
    return _of_arm(data, arms[0], filled=filled)


def _fits(word: Word | None, name: str) -> bool:
    """Whether a key is a name at all: one that is wrong itself stands in for nothing."""
    try:
        return word is None or bool(word.accept(name))
    except ValueError:
        return False


def _of_arm(data: Data, arm: Slot, *, filled: bool) -> Data:
    kind, origin, arguments = arm.annotation, get_origin(arm.annotation), get_args(arm.annotation)
    if origin is Literal:
        return arguments[0]  # type: ignore[no-any-return]
    if origin in (tuple, dict):
        parts = [slot_of(one) for one in arguments if one is not ...]
        shown = [stand_in(data, one, filled=filled) for one in parts] if filled or _needs_some(arm) else []
        if origin is tuple:
            return tuple(shown)
        return {str(shown[0]): shown[1]} if shown else {}
    if isinstance(kind, type) and issubclass(kind, Node):
        return {
            name: stand_in(data, slot_of(field.annotation, (*field.metadata, field)), filled=filled)
            for name, field in kind.model_fields.items()
            if field.is_required()
        }
    return _scalar(arm)


def _needs_some(arm: Slot) -> bool:
    """Whether a container must hold something."""
    return any(getattr(note, "min_length", 0) for note in _flat(arm))


def _flat(arm: Slot) -> list[Any]:
    found: list[Any] = []
    for note in arm.notes:
        found += [note, *note.metadata] if isinstance(note, FieldInfo) else [note]
    return found


def _scalar(arm: Slot) -> Data:
    if arm.annotation is bool:
        return bool(next(_examples(arm), False))
    if isinstance(arm.annotation, type) and issubclass(arm.annotation, Quantity):
        return arm.annotation.EXAMPLE
    word = arm.note(Word)
    shown = next(_examples(arm), word.example if word else None)
    if shown is None:
        raise NoStandIn(str(arm.annotation))
    return shown


def _examples(arm: Slot) -> Any:
    return (note.examples[0] for note in _flat(arm) if getattr(note, "examples", None))
