"""What a wrong value was certainly meant to be: the same thing, written as its field wants it.

Every candidate is held against the type of its field, so that no edit trades one field error for another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import TypeAdapter, ValidationError

from compiler.source.document import Data
from compiler.spec import near, slips
from compiler.spec.node import Node, Opens, Refers
from compiler.spec.references import entries, named_by
from compiler.spec.shape import Slot, slot_of
from compiler.spec.units import Quantity
from compiler.spec.word import Word

_YES = {
    "yes": True,
    "on": True,
    "y": True,
    "true": True,
    "no": False,
    "off": False,
    "n": False,
    "false": False,
}


def mend(spec: Data, slot: Slot, given: Data, token: str) -> Data:
    """The value that was meant; none where that is not certain.

    Args:
        spec: all data, whose keys references may name.
        slot: what may stand there.
        given: what stands there.
        token: how it is written: the number 3.1 may be written 3.10.
    """
    for arm in slot.arms():
        for meant in _candidates(spec, arm, given, token):
            if (meant != given or type(meant) is not type(given)) and fits(spec, slot, meant):
                return meant
    return None


def fits(spec: Data, slot: Slot, value: Data) -> bool:
    """Whether a value may stand in the slot; a reference must lead somewhere."""
    kind: Any = Annotated[slot.annotation, *slot.notes, None]
    try:
        TypeAdapter(kind).validate_python(value, strict=True)
    except ValidationError:
        return False
    refers = slot.note(Refers) or (_item(slot).note(Refers) if isinstance(value, tuple) else None)
    if refers is None:
        return True
    known = set(entries(spec, refers))
    return all(one in known for one in (value if isinstance(value, tuple) else (value,)))


def _item(slot: Slot) -> Slot:
    lists = [arm.annotation for arm in slot.arms() if get_origin(arm.annotation) is tuple]
    return slot_of(get_args(lists[0])[0]) if lists else slot


def _candidates(spec: Data, arm: Slot, given: Data, token: str) -> Iterator[Data]:
    """What may have been meant, the likeliest first."""
    kind = arm.annotation
    if get_origin(kind) is Literal:
        yield _choice(given, get_args(kind), arm.note(Opens))
    elif get_origin(kind) is tuple:
        yield from _listed(spec, slot_of(get_args(kind)[0]), given)
    elif get_origin(kind) is dict or isinstance(given, dict) or given is None or _is_node(kind):
        return
    elif isinstance(given, tuple):
        yield given[0] if len(given) == 1 else None
    elif kind is bool and isinstance(given, str):
        yield _YES.get(given.strip().lower())
    elif kind in (int, float):
        yield from _numbers(kind, given)
    else:
        yield from _texts(spec, arm, given, token)


def _is_node(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Node)


def _choice(given: Data, choices: tuple[Any, ...], opens: Opens | None) -> Data:
    """The choice that is written in another way, or misspelt; but no slip opens what others guard."""
    words = {str(one).lower(): one for one in choices}
    if isinstance(given, dict | tuple) or given is None:
        return None
    if any(isinstance(one, bool) for one in choices) and str(given).lower() in _YES:
        given = _YES[str(given).lower()]
    texts = [one for one in choices if isinstance(one, str) and (opens is None or one != opens.choice)]
    return words.get(str(given).lower(), near.certain(given, texts))


def _listed(spec: Data, item: Slot, given: Data) -> Iterator[Data]:
    """One item without its brackets, or several with commas between."""
    if isinstance(given, str) and given.strip():
        parts = [one.strip() for one in given.split(",") if one.strip()]
        yield tuple(one if fits(spec, item, one) else mend(spec, item, one, one) for one in parts)
        yield (given,)
    elif isinstance(given, int | float | bool):
        yield (given,)


def _numbers(kind: type, given: Data) -> Iterator[Data]:
    text = str(given).strip()
    digits = text.replace("_", "")
    if re.fullmatch(r"-?(?:[1-9][0-9]{0,17}|0)(?:\.0+)?", digits):
        yield int(digits.partition(".")[0])
    elif isinstance(given, float) and given.is_integer():
        yield int(given)
    elif kind is int and re.fullmatch(r"[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}", text):
        yield int(text.replace(",", ""))
    if kind is not float or isinstance(given, bool):
        return
    found = re.fullmatch(r"((?:0|[1-9][0-9]{0,8})(?:[.,][0-9]{1,9})?)\s*(%?)", text)
    if found is not None:
        yield round(float(found[1].replace(",", ".")) / (100 if found[2] else 1), 9)


def _texts(spec: Data, arm: Slot, given: Data, token: str) -> Iterator[Data]:
    """The text as it is written, and what people mean by such a text."""
    text = given if isinstance(given, str) else token
    yield text
    yield text.strip()
    if isinstance(arm.annotation, type) and issubclass(arm.annotation, Quantity):
        yield arm.annotation.mended(text)
    refers, word = arm.note(Refers), arm.note(Word)
    if refers is not None:
        yield named_by(spec, refers, text)[0] or None
        yield near.certain(text, entries(spec, refers))
    if word is not None and word.mend is not None:
        yield word.mend(text)
    if word is not None and word.hint is slips.command_hint:
        yield slips.last_part(text)
    if word is None:
        yield slips.version(text)
