"""What a field error says to an operator, instead of what the validation library says to a programmer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args, get_origin

from compiler.source.document import Data
from compiler.spec import variants
from compiler.spec.faults import NO_ALTERNATIVE, Fault
from compiler.spec.node import Node, Refers
from compiler.spec.shape import Slot, slot_of
from compiler.spec.stand_in import NoStandIn, stand_in
from compiler.spec.units import Quantity
from compiler.spec.word import Word, shown
from compiler.spec.written import written

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}
_MOST_KEYS = 8
_MOST_SHOWN = 4  # keys of a mapping whose example is still read at a glance


def problem(fault: Fault, token: str) -> str:
    """What is wrong with a value; `token` is how it is written."""
    if fault.given is None:
        return "the value is missing"
    if fault.kind in _BOUNDS:
        words, name = _BOUNDS[fault.kind]
        return f"it must be {words} {_bound(fault, name)}, and {token} is written here"
    if fault.kind == "literal_error":
        return f"it must be {_one_of([f'`{flow(one)}`' for one in choices(fault.slot)])}"
    if fault.kind in _WANTED or fault.kind == NO_ALTERNATIVE:
        wanted = _WANTED.get(fault.kind) or _joined(dict.fromkeys(_words(fault.slot)))
        return f"{wanted} is wanted here, and {_stands(fault, token)}"
    return _other(fault)


def _bound(fault: Fault, name: str) -> Any:
    return fault.slot.bound(name) if fault.slot else None


def _other(fault: Fault) -> str:
    """What the value itself lacks."""
    given = "what is written here" if fault.secret else shown(fault.given)
    if fault.kind == "string_pattern_mismatch":
        return f"{given} has not the form that is wanted here"
    if fault.kind in ("string_too_long", "too_long") and not isinstance(fault.given, dict | tuple):
        most = _bound(fault, "max_length")
        return f"{given} has {len(str(fault.given))} characters, and at most {most} are allowed here"
    if fault.kind == "too_long" and isinstance(fault.given, tuple):
        return f"{len(fault.given)} are listed, and at most {_bound(fault, 'max_length')} are allowed here"
    if fault.kind == "string_too_short":
        return "an empty text is not enough here"
    if fault.kind == "too_short":
        return f"an empty {'mapping' if isinstance(fault.given, dict) else 'list'} is not enough here"
    message = fault.says.removeprefix("Value error, ")
    if fault.secret and isinstance(fault.given, str):
        said, such_as, shown_one = message.partition(", such as ")
        said = said.replace(repr(fault.given), given).replace(fault.given, given)
        message = f"{said}{such_as}{shown_one}"
    return message[:1].lower() + message[1:]


def choices(slot: Slot | None) -> list[Data]:
    """The words of which a slot takes one."""
    arms = slot.arms() if slot else ()
    return [one for arm in arms if get_origin(arm.annotation) is Literal for one in get_args(arm.annotation)]


def _one_of(words: list[str]) -> str:
    return f"one of {_joined(words)}" if len(words) > 1 else words[0]


def _joined(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def _stands(fault: Fault, token: str) -> str:
    """What stands there instead."""
    given = fault.given
    if isinstance(given, dict | tuple):
        filled = "a mapping" if isinstance(given, dict) else "a list"
        return f"{filled} stands here" if given else f"an empty {filled[2:]} stands here"
    if fault.secret:
        return "something else stands here"
    if isinstance(given, str):
        return f"{shown(given)} is text"
    if isinstance(given, bool):
        return f"{token} stands here"
    return f"{token} is a number" if token == str(given) else f"{token} is the number {given}"


def _words(slot: Slot | None) -> Iterator[str]:
    """What may stand in a slot, in words."""
    for arm in slot.arms() if slot else ():
        kind = get_origin(arm.annotation) or arm.annotation
        if isinstance(kind, type) and issubclass(kind, Quantity):
            yield kind.WHAT
        elif kind in (str, int, float, bool, tuple):
            yield _WANTED[f"{kind.__name__.replace('str', 'string')}_type"]
        elif kind is not type(None):
            yield "a mapping"


def example(slot: Slot | None, spec: Data = None) -> str:
    """What the type of a field shows as an example, if it shows one; `spec` has what references may name."""
    tag = variants.tag_of(slot) if slot else ""
    for arm in slot.arms() if slot else ():
        kind = arm.annotation
        if isinstance(kind, type) and issubclass(kind, Node):
            return f"a mapping with `{tag}` and what goes with it" if tag else _below(kind, spec)
        try:
            found = stand_in(spec, arm, filled=True)
        except NoStandIn:
            continue
        if found is not None:
            return f"for example {flow(found)}"
    return ""


def _below(model: type[Node], spec: Data) -> str:
    """A mapping: a whole one where each of its values has an example of its own, or else what it needs."""
    slots = {
        name: slot_of(field.annotation, (*field.metadata, field))
        for name, field in model.model_fields.items()
        if field.is_required()
    }
    if 1 < len(slots) <= _MOST_SHOWN and all(map(_has_own_example, slots.values())):
        try:
            return f"for example {flow(stand_in(spec, Slot(model), filled=True))}"
        except NoStandIn:
            pass
    more = " and more" if len(slots) > _MOST_KEYS else ""
    return f"a mapping with {', '.join(f'`{name}`' for name in [*slots][:_MOST_KEYS])}{more}"


def _has_own_example(slot: Slot) -> bool:
    """Whether an example fits this very field: one of its type, such as any path, would suit no other."""
    notes = [one for note in slot.notes for one in (note, *getattr(note, "metadata", ()))]
    own = any(getattr(one, "examples", None) for one in notes)
    refers, word = slot.note(Refers), slot.note(Word)
    return own or refers is not None or not (slot.models or word or slot.items)


def flow(value: Data) -> str:
    """A value on one line, as it is written in the spec."""
    if isinstance(value, tuple):
        return f"[{', '.join(flow(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(key)}: {flow(one)}' for key, one in value.items())}}}"
    return written(value)
