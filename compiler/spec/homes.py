"""Where a key of the spec is at home, for one that stands where it does not belong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args, get_origin

from compiler.source.document import Data
from compiler.spec import variants
from compiler.spec.node import Node
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, node_for, reach, slot_at, slot_of

_ANY = "…"
_MOST = 3


@dataclass(frozen=True, slots=True)
class Home:
    """A mapping with fields: its place, with a sign for names that the author chooses, and its model."""

    place: SpecPath
    model: type[Node]


def elsewhere(data: Data, path: SpecPath) -> tuple[str, str]:
    """Why a key does not belong where it stands, and what to do; empty where nobody has such a key."""
    parent, name = path[:-1], str(path[-1])
    slot, model = slot_at(Runtime, data, parent), model_at(data, parent)
    if slot is None or model is None:
        return "", ""
    others = [one for one in slot.models if name in one.model_fields]
    return _in_a_variant(slot, model, others, name) if others else ("", _at_another_place(data, parent, name))


def _in_a_variant(slot: Slot, model: type[Node], others: Sequence[type[Node]], name: str) -> tuple[str, str]:
    tag = variants.tag_of(slot)
    owners = _or(variants.variant(one, tag) for one in others)
    mine = variants.variant(model, tag)
    reason = f"{tag} `{mine}`: {variants.said(model)}; {tag} {owners}: {variants.said(others[0])}"
    return reason, f"`{name}` is of {tag} {owners}: take it away here, or write another {tag}"


def _at_another_place(data: Data, parent: SpecPath, name: str) -> str:
    here = _shape(data, parent)
    places = [home.place for home in _homes() if name in home.model.model_fields]
    below = [one for one in places if one[: len(here)] == here and _exists(data, parent, one[len(here) :])]
    above = [one for one in places if one == here[: len(one)]]
    if below:
        return f"it stands in {_or(dotted(place[len(here) :]) for place in below[:_MOST])}"
    if above:
        deepest = len(max(above, key=len))
        return f"it stands in `{dotted(parent[:deepest])}`" if deepest else "it stands at the top level"
    return f"it is a key of {_or(map(dotted, dict.fromkeys(places)))}" if 0 < len(places) <= _MOST else ""


def _exists(data: Data, parent: SpecPath, below: SpecPath) -> bool:
    """Whether the variant that stands here has such a place."""
    model = model_at(data, parent)
    return bool(below) and model is not None and below[0] in model.model_fields


def _or(words: Iterable[str]) -> str:
    return " or ".join(f"`{word}`" for word in words)


def model_at(data: Data, place: SpecPath) -> type[Node] | None:
    """The model of the mapping at a place."""
    slot = slot_at(Runtime, data, place)
    return node_for(slot, reach(data, place)) if slot else None


def _shape(data: Data, path: SpecPath) -> SpecPath:
    """A place with a sign for the names and indexes that the spec's author chose."""
    return tuple(part if _is_field(data, path[:at], part) else _ANY for at, part in enumerate(path))


def _is_field(data: Data, place: SpecPath, name: str | int) -> bool:
    model = model_at(data, place)
    return model is not None and name in model.model_fields


@cache
def _homes() -> tuple[Home, ...]:
    """Every mapping with fields that a spec may have."""
    return tuple(_below(Slot(Runtime), ()))


def _below(slot: Slot, place: SpecPath) -> Iterator[Home]:
    for model in slot.models:
        yield Home(place, model)
        for name, field in model.model_fields.items():
            yield from _below(slot_of(field.annotation), (*place, name))
    for arm in slot.arms():
        if get_origin(arm.annotation) in (dict, tuple):
            inner = [one for one in get_args(arm.annotation) if one is not ...]
            yield from _below(slot_of(inner[-1]), (*place, _ANY))
