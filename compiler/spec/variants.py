"""Mappings of several kinds, told apart by one key: roles of hosts, statuses of models, kinds of clients."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from compiler.diagnostics import Diagnostic, Edit
from compiler.source.document import Data
from compiler.spec import near
from compiler.spec.node import Node
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, reach, slot_at
from compiler.spec.word import shown


def tag_of(slot: Slot) -> str:
    """The key that tells the variants apart; empty where there are none."""
    return next((str(note.discriminator) for note in slot.notes if getattr(note, "discriminator", None)), "")


def variant(model: type[Node], tag: str) -> str:
    """The value of the tag that means this model."""
    return str(get_args(model.model_fields[tag].annotation)[0])


def unknown(data: Data, path: SpecPath) -> Diagnostic:
    """A mapping whose tag is no variant's."""
    slot = slot_at(Runtime, data, path)
    tag = tag_of(slot) if slot else ""
    models = slot.models if slot else ()
    choices = [variant(one, tag) for one in models]
    given, place = reach(data, (*path, tag)), (*path, tag)
    meant, close = near.certain(given, choices), near.slips(given, choices)
    close = close or [one for one in choices if one in str(given).split("-")]
    lists = isinstance(given, dict | tuple)
    return Diagnostic(
        "DN022",
        f"`{dotted(path)}`: there is no {tag} {'of this form' if lists else _plain(given)}",
        path=place,
        reason=f"the {tag} decides which keys `{dotted(path)}` has",
        help=near.asked([meant] if meant else close) if close and not lists else all_of(tag, models),
        edits=(Edit(place, meant),) if meant and not lists else (),
    )


def _plain(given: Data) -> str:
    return f"`{shown(given)[1:-1]}`" if isinstance(given, str) else f"`{given}`"


def all_of(tag: str, models: Iterable[type[Node]]) -> str:
    """The values that a tag may have, a line each with what it is for."""
    lines = [f"  {variant(one, tag)}: {said(one)}" for one in models]
    return "\n".join([f"{tag}{'es' if tag.endswith('s') else 's'} are", *lines])


def said(model: type[Node]) -> str:
    """What a variant is for, from the first line that its model says of itself."""
    line = re.sub(r" \([^)]*section[^)]*\)", "", (model.__doc__ or "").strip().split("\n")[0]).rstrip(".")
    return line[:1].lower() + line[1:]


def is_known(slot: Slot, given: Data) -> bool:
    """Whether a mapping's wrong tag is certain to be meant for one of the variants."""
    tag = tag_of(slot)
    if not isinstance(given, dict) or not isinstance(given.get(tag), str):
        return False
    return near.certain(given[tag], [variant(one, tag) for one in slot.models]) is not None


def meant_variant(slot: Slot, given: dict[str, Data]) -> str:
    """The likely variant of a mapping with a wrong tag: a near one, or that with most of its keys.

    Of several, the one that lacks the fewest.
    """
    tag, arms = tag_of(slot), slot.models
    close = near.certain(given.get(tag), [variant(one, tag) for one in arms])
    best = max(
        arms,
        key=lambda model: (
            sum(key in model.model_fields for key in given),
            -sum(field.is_required() and key not in given for key, field in model.model_fields.items()),
        ),
    )
    return close or variant(best, tag)
