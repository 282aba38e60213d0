"""What a field error says to an operator, instead of what the validation library says to a programmer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Literal, get_args, get_origin

from compiler.source.document import Data
from compiler.spec import near, slips, variants
from compiler.spec.faults import NO_ALTERNATIVE, Fault
from compiler.spec.node import Node
from compiler.spec.shape import Slot, part, reach
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
_DOTS = 2  # of a version with three parts
_MOST_SHOWN = 4  # keys of a mapping whose example is still read at a glance


def problem(fault: Fault, token: str) -> str:
    """What is wrong with a value; `token` is how it is written."""
    if fault.given is None:
        return "the value is missing"
    if fault.kind in _BOUNDS:
        words, name = _BOUNDS[fault.kind]
        return f"it must be {words} {_bound(fault, name)}, and {token} is written here"
    if fault.kind == "literal_error":
        return f"it must be {_one_of([f'`{flow(one)}`' for one in _choices(fault.slot)])}"
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
    if fault.kind == "string_too_short":
        return "an empty text is not enough here"
    if fault.kind == "too_short":
        return f"an empty {'mapping' if isinstance(fault.given, dict) else 'list'} is not enough here"
    message = fault.says.removeprefix("Value error, ")
    if fault.secret and isinstance(fault.given, str):
        message = message.replace(repr(fault.given), given).replace(fault.given, given)
    return message[:1].lower() + message[1:]


def _choices(slot: Slot | None) -> list[Data]:
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


def remedy(fault: Fault, meant: Data, spec: Data) -> str:
    """What to write instead: what was meant, something near, or an example."""
    if meant is not None:
        return f"write {flow(meant)}"
    if fault.secret:
        return _instead_of_a_secret(fault, spec)
    return _advice(fault, spec) or _example(fault, spec)


def _example(fault: Fault, spec: Data) -> str:
    shown = example(fault.slot, spec)
    return f"write {shown}" if shown.startswith("a mapping") else shown


def _instead_of_a_secret(fault: Fault, spec: Data) -> str:
    """What to write where a secret may have been pasted: the place that it is kept at, or a fact's name."""
    given = fault.given if isinstance(fault.given, str) else ""
    choices = [str(one) for one in _choices(fault.slot)]
    if choices:
        way = _fact(str(fault.path[-1]).lower(), given, choices, spec)
    elif slips.parameter(given) and fault.slot and any(arm.note(Word) for arm in fault.slot.arms()):
        return f"write `{slips.parameter(given)}`"
    else:
        way = _example(fault, spec)
    return f"{way}; if a real secret stands here, take it away and renew it" if given else way


def _fact(name: str, given: str, choices: list[str], spec: Data) -> str:
    """The choice that the key's name ends in, or that the value is of; else all of them."""
    models = reach(spec, ("models",))
    served = [part(one, "served_name") for one in models.values()] if isinstance(models, dict) else []
    found = next((one for one in choices if name.endswith(one)), "")
    if given and given in served and "model" in choices:
        found = "model"
    return f"write `{found}`" if found else f"write one of: {', '.join(choices)}"


def _advice(fault: Fault, spec: Data) -> str:
    """What may have been meant, where it is not certain."""
    for arm in fault.slot.arms() if fault.slot else ():
        if isinstance(arm.annotation, type) and issubclass(arm.annotation, Quantity):
            return arm.annotation.advice(fault.given)
        if get_origin(arm.annotation) is Literal:
            return _choice(fault.given, _choices(arm))
        if (word := arm.note(Word)) is not None and isinstance(fault.given, str):
            release = slips.half_a_version(fault.given) if word.mend is slips.distribution else ""
            return f"for example {release}" if release else _folded(word, fault.given)
    if isinstance(fault.given, float) and (shown := example(fault.slot)).count(".") == _DOTS:
        return f"write the three parts, {shown.replace('for example', 'such as')}"
    if fault.kind == "less_than" and isinstance(fault.given, int | float) and 1 < fault.given <= 100:
        return f"write {round(fault.given / 100, 6)} for {fault.given} %"
    thousands = re.fullmatch(r"([0-9]{1,6})\s*[kK]", str(fault.given))
    if thousands and fault.kind == "int_type":
        return f"write {int(thousands[1]) * 1024} for {thousands[1]} × 1024, or {int(thousands[1]) * 1000}"
    return _structure(fault, spec)


def _choice(given: Data, choices: list[Data]) -> str:
    found = near.nearest(given, [str(one) for one in choices], 0.5)
    only = f"write {flow(choices[0])}" if len(choices) == 1 else ""
    return only or (near.asked(found) if found else "")


def _folded(word: Word, given: str) -> str:
    """The same text in the signs that such a word has: what it was likely meant to be."""
    for meant in (slips.folded(given), re.sub(r"[^A-Z0-9_]+", "_", given.upper())):
        try:
            return near.asked([word.accept(meant)]) if meant != given else ""
        except ValueError:
            continue
    return ""


def _structure(fault: Fault, spec: Data) -> str:
    """How to write a mapping or a list, where the other stands."""
    if fault.kind in ("model_type", "model_attributes_type", "dict_type") and isinstance(fault.given, tuple):
        return "take away the dashes: write `key: value`, a line each, indented below"
    if fault.kind == "tuple_type" and isinstance(fault.given, dict):
        return f"write a list, {example(fault.slot, spec)}"
    return ""


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
    needed = [name for name, field in model.model_fields.items() if field.is_required()]
    if 1 < len(needed) <= _MOST_SHOWN:
        try:
            return f"for example {flow(stand_in(spec, Slot(model), filled=True))}"
        except NoStandIn:
            pass
    more = " and more" if len(needed) > _MOST_KEYS else ""
    return f"a mapping with {', '.join(f'`{name}`' for name in needed[:_MOST_KEYS])}{more}"


def flow(value: Data) -> str:
    """A value on one line, as it is written in the spec."""
    if isinstance(value, tuple):
        return f"[{', '.join(flow(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(key)}: {flow(one)}' for key, one in value.items())}}}"
    return written(value)
