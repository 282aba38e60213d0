"""What to write instead of a wrong value: what was meant, something near, or an example for the place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, get_origin

from compiler.source.document import Data
from compiler.spec import homes, near, slips
from compiler.spec.described import description
from compiler.spec.faults import Fault
from compiler.spec.lost import of_a_field
from compiler.spec.messages import choices, example, flow
from compiler.spec.node import Opens, Refers
from compiler.spec.path import dotted
from compiler.spec.references import field_of
from compiler.spec.shape import Slot, part, reach
from compiler.spec.siblings import sibling
from compiler.spec.units import Quantity
from compiler.spec.waits import Within
from compiler.spec.word import Word

_DOTS = 2  # of a version with three parts
_MILLION = 1_000_000  # a bound as large as this keeps out what nobody means


def remedy(fault: Fault, meant: Data, spec: Data) -> str:
    """What to write instead: what was meant, something near, or an example."""
    if meant is not None:
        return _reference(fault, spec) or f"write {flow(meant)}"
    if fault.secret:
        return _instead_of_a_secret(fault, spec)
    return _advice(fault, spec) or _example(fault, spec)


def _reference(fault: Fault, spec: Data) -> str:
    refers = fault.slot.note(Refers) if fault.slot else None
    return of_a_field(spec, refers, fault.given) if refers else ""


def _example(fault: Fault, spec: Data) -> str:
    """An example: as another entry of the same kind has it, or one of the field's type."""
    plain = bool(fault.path) and isinstance(fault.path[-1], str) and not fault.on_key
    like, value = sibling(spec, fault.path[:-1], str(fault.path[-1])) if plain else ((), None)
    allowed = _range(fault)
    if like and not isinstance(value, dict):
        shown = f"{flow(value)}, as in `{dotted(like)}`"
        return f"{allowed}, such as {shown}" if allowed else f"for example {shown}"
    if allowed:
        return allowed
    shown = example(fault.slot, spec)
    return f"write {shown}" if shown.startswith("a mapping") else shown


def _range(fault: Fault) -> str:
    """The numbers that are allowed, where another one is written."""
    if fault.kind not in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return ""
    low, high, above, below = (
        fault.slot.bound(one) if fault.slot else None for one in ("ge", "le", "gt", "lt")
    )
    if low is not None and high is not None and high < _MILLION:
        return f"write a number from {low} to {high}"
    if low is not None:
        return f"write {low} or more"
    words = [f"more than {above}"] * (above is not None) + [f"less than {below}"] * (below is not None)
    return f"write a number that is {' and '.join(words)}" if words else ""


def _instead_of_a_secret(fault: Fault, spec: Data) -> str:
    """What to write where a secret may have been pasted: the place that it is kept at, or a fact's name."""
    given = fault.given if isinstance(fault.given, str) else ""
    facts = [str(one) for one in choices(fault.slot)]
    if facts:
        return _fact(str(fault.path[-1]).lower(), given, facts, spec)
    if slips.parameter(given) and fault.slot and any(arm.note(Word) for arm in fault.slot.arms()):
        return f"write `{slips.parameter(given)}`"
    shown = example(fault.slot, spec)
    return f"write {shown}" if shown.startswith("a mapping") else shown


def _fact(name: str, given: str, facts: list[str], spec: Data) -> str:
    """The choice that the key's name ends in, or that the value is of; else all of them."""
    models = reach(spec, ("models",))
    served = [part(one, "served_name") for one in models.values()] if isinstance(models, dict) else []
    found = next((one for one in facts if name.endswith(one)), "")
    if given and given in served and "model" in facts:
        found = "model"
    return f"write `{found}`" if found else f"write one of: {', '.join(facts)}"


def _advice(fault: Fault, spec: Data) -> str:
    """What may have been meant, where it is not certain."""
    for arm in fault.slot.arms() if fault.slot else ():
        if isinstance(arm.annotation, type) and issubclass(arm.annotation, Quantity):
            return (arm.note(Within) or arm.annotation).advice(fault.given)
        if get_origin(arm.annotation) is Literal:
            return _choice(fault, arm, spec)
        if (word := arm.note(Word)) is not None and isinstance(fault.given, str):
            return _reference(fault, spec) or _of_a_word(word, fault.given)
        item = arm.items.note(Word) if arm.items else None
        if item is not None and isinstance(fault.given, str):
            return _in_brackets(item, fault.given)
    if isinstance(fault.given, float) and (shown := example(fault.slot)).count(".") == _DOTS:
        return f"write the three parts, {shown.replace('for example', 'such as')}"
    return _number(fault) or _structure(fault, spec)


def _number(fault: Fault) -> str:
    """What a number may be in the measure of its field."""
    if fault.kind == "less_than" and isinstance(fault.given, int | float) and 1 < fault.given <= 100:
        return f"write {round(fault.given / 100, 6)} for {fault.given} %"
    thousands = re.fullmatch(r"([0-9]{1,6})\s*[kK]", str(fault.given))
    if thousands and fault.kind == "int_type":
        return f"write {int(thousands[1]) * 1024} for {thousands[1]} × 1024, or {int(thousands[1]) * 1000}"
    return ""


def _choice(fault: Fault, arm: Slot, spec: Data) -> str:
    """The choice of which the text is a slip, or what each is for; nobody is asked to open a door."""
    known = [str(one) for one in choices(arm)]
    if len(known) == 1:
        return f"write {flow(choices(arm)[0])}"
    opens = arm.note(Opens)
    found = near.slips(fault.given, [one for one in known if opens is None or one != opens.choice])
    if found:
        return near.asked(found)
    field = field_of(spec, fault.path)
    model = homes.model_at(spec, field[:-1])
    about = description(model, str(field[-1])) if model and field else ""
    return about if any(f"`{one}`" in about for one in known) else "\n".join(_listed(known, about))


def _listed(known: list[str], about: str) -> Iterator[str]:
    yield f"write one of: {', '.join(known)}"
    if about:
        yield about


def _of_a_word(word: Word, given: str) -> str:
    """The same text in the signs that such a word has: what it was likely meant to be."""
    guessed = word.guess(given) if word.guess else ""
    if guessed:
        return f"for example {guessed}"
    ways = (slips.folded(given), re.sub(r"[^A-Z0-9_]+", "_", given.upper()))
    likely = next((one for one in ways if _accepts(word, one)), given)
    return near.asked([likely]) if likely != given else ""


def _accepts(word: Word, text: str) -> bool:
    try:
        return bool(word.accept(text))
    except ValueError:
        return False


def _in_brackets(word: Word, given: str) -> str:
    """A list of what one text was likely meant to be."""
    guessed = word.guess(given) if word.guess else ""
    return f"write a list, for example [{guessed}]" if guessed else ""


def _structure(fault: Fault, spec: Data) -> str:
    """How to write a mapping or a list, where the other stands."""
    if fault.kind in ("model_type", "model_attributes_type", "dict_type") and isinstance(fault.given, tuple):
        return "take away the dashes: write `key: value`, a line each, indented below"
    if fault.kind == "tuple_type" and isinstance(fault.given, dict):
        return f"write a list, {example(fault.slot, spec)}"
    return ""
