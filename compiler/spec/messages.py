"""What a field error says to an operator, instead of what the validation library says to a programmer."""

from __future__ import annotations

import difflib
import re
from typing import Any

from pydantic_core import ErrorDetails

from compiler.spec.shape import Slot

_WANTED = {
    "string_type": "text is wanted here; put the value in quotes",
    "int_type": "a whole number is wanted here, without quotes",
    "int_from_float": "a whole number is wanted here",
    "float_type": "a number is wanted here, without quotes",
    "bool_type": "true or false is wanted here, without quotes",
    "tuple_type": "a list is wanted here, such as [a, b]",
    "dict_type": "a mapping is wanted here: keys and values, indented below",
    "model_type": "a mapping is wanted here: keys and values, indented below",
    "model_attributes_type": "a mapping is wanted here: keys and values, indented below",
    "too_short": "an empty list is not enough here",
}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def problem(detail: ErrorDetails) -> str:
    """What is wrong with a value."""
    kind, context = detail["type"], detail.get("ctx", {})
    if detail["input"] is None and kind in _WANTED:
        return "the value is missing"
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"it must be {words} {context.get(name)}"
    if kind == "literal_error":
        return f"it must be one of {context.get('expected', '').replace(chr(39), '`')}"
    if kind == "string_pattern_mismatch":
        return "the text has not the form that is wanted here"
    if isinstance(detail["input"], str) and kind in ("int_type", "float_type", "bool_type"):
        return f"{_WANTED[kind].split(' is ')[0]} is wanted here, and {detail['input']!r} is text"
    message = detail["msg"].removeprefix("Value error, ")
    return _WANTED.get(kind, message[:1].lower() + message[1:])


def remedy(detail: ErrorDetails, slot: Slot | None) -> str:
    """What to write instead: a choice that is near, or an example."""
    if detail["type"] == "literal_error":
        choices = re.findall(r"'([^']*)'", detail.get("ctx", {}).get("expected", ""))
        near = difflib.get_close_matches(str(detail["input"]).lower(), choices, n=1)
        return f"did you mean `{near[0]}`?" if near else ""
    return example(slot)


def example(slot: Slot | None) -> str:
    """What the type of a field shows as an example, if it shows one."""
    for arm in slot.arms() if slot else ():
        for note in (arm.annotation, *arm.notes):
            found = _example(note)
            if found is not None:
                return f"for example {found!r}" if isinstance(found, str) else f"for example {found}"
    return ""


def _example(note: Any) -> Any:
    """What a word, a quantity or a bound shows as an example, if it does."""
    shown = getattr(note, "example", None) or getattr(note, "EXAMPLE", None)
    return shown or (getattr(note, "examples", None) or [None])[0]
