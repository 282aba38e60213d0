"""What is said of keys that are missing: what each is for, and a value that it may have.

Of a mapping, only its keys are shown, with a sign that no field takes for each value: a whole one that
nobody has thought about would be pasted.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data
from compiler.spec import homes, messages, variants
from compiler.spec.described import description
from compiler.spec.keys import here
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, reach, slot_at
from compiler.spec.siblings import sibling
from compiler.spec.word import Word

OPEN = "…"
_SECTIONS = 3  # of the file: when more are missing, something was lost that nobody writes anew
_LOST = "`git diff` shows what was taken out"


def missing(data: Data, parent: SpecPath, names: Sequence[str]) -> Diagnostic:
    """Keys that a mapping needs: one with all that is known of it, or several in a row."""
    keys = ", ".join(f"`{one}`" for one in names)
    return Diagnostic(
        "DN021",
        f"{here(parent)} lacks the key{'s' * (len(names) > 1)} {keys}",
        path=parent,
        on_key=True,
        reason="the compiler guesses nothing: what a host needs is written down",
        help=_adding(data, parent, names[0]) if len(names) == 1 else _adding_all(data, parent, names),
    )


def _adding(data: Data, parent: SpecPath, name: str) -> str:
    slot = slot_at(Runtime, data, parent)
    if slot is not None and name == variants.tag_of(slot):
        return f"add `{name}:`; {variants.all_of(name, slot.models)}"
    below, model = slot_at(Runtime, data, (*parent, name)), homes.model_at(data, parent)
    value, like = _value(data, parent, name)
    about = [description(model, name) if model else ""]
    if below and (below.models or below.entries) and not like:
        return "\n".join([f"add `{name}:`, written out", f"{name}: {value}", *filter(None, about), _LOST])
    if value == "null":
        return "\n".join([f"add `{name}: null`, as long as there is none", *filter(None, about)])
    shown = f"as in `{like}`: {name}: {value}" if like else value and f"for example {value}"
    return "\n".join([f"add `{name}:`{shown and f', {shown}'}", *filter(None, about)])


def _adding_all(data: Data, parent: SpecPath, names: Sequence[str]) -> str:
    """A line for each of several keys."""
    sections = [one for one in names if _is_open(_value(data, parent, one)[0])]
    if not parent and len(sections) > _SECTIONS:
        last = [*data][-1] if isinstance(data, dict) and data else ""
        ends = f"the file may have lost its end: its last key is `{last}`; " if last else ""
        return f"{ends}{_LOST}"
    lines = []
    for one in names:
        value, like = _value(data, parent, one)
        lines.append(f"{one}: {value}{like and f'  # as in {like}'}")
    return "\n".join(["add:", *lines, *([f"with a value for each {OPEN}; {_LOST}"] if sections else [])])


def _value(data: Data, parent: SpecPath, name: str) -> tuple[str, str]:
    """What may be written behind a key, and the entry that has it so: no more than is known."""
    slot = slot_at(Runtime, data, (*parent, name))
    if slot is None:
        return OPEN, ""
    if any(arm.annotation is type(None) for arm in slot.arms()):
        return "null", ""
    like, value = sibling(data, parent, name)
    if like:
        return messages.flow(value), dotted(like)
    if slot.models or slot.entries:
        return _blank(slot), ""
    word = slot.note(Word)
    if word is not None and word.secret and isinstance(reach(data, ("name",)), str):
        return f"ssm:/{reach(data, ('name',))}/{name.replace('_', '-')}", ""
    return messages.example(slot, data).removeprefix("for example "), ""


def _blank(slot: Slot) -> str:
    """A mapping with each key that it needs, and a sign for each value."""
    tag = variants.tag_of(slot)
    if slot.entries:
        inside = [OPEN]
    elif tag:
        inside = [tag]
    else:
        inside = [name for name, field in slot.models[0].model_fields.items() if field.is_required()]
    return f"{{{', '.join(f'{one}: {OPEN}' for one in inside)}}}"


def _is_open(value: str) -> bool:
    return OPEN in value
