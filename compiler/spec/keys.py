"""What is said of keys that do not belong where they stand, and of those that are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Edit
from compiler.source.document import Data
from compiler.spec import homes, mending, messages, near
from compiler.spec.described import description
from compiler.spec.faults import holds_secret
from compiler.spec.node import Node
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import reach, slot_at
from compiler.spec.variants import one_of, tag_of, variant
from compiler.spec.written import written

_SECRET = re.compile("token|secret|passw|credential|key|auth", re.IGNORECASE)
_EVERYWHERE = frozenset(Node.model_fields)
_ALSO_CALLED = dict.fromkeys(("args", "extra_args", "extra_arguments", "flags"), "arguments")
_ALIKE = 0.65
_MOST_LISTED = 22
_SMALL = 4 + len(_EVERYWHERE)  # where one key left over can only be the one that lacks


def unknown(data: Data, path: SpecPath) -> Diagnostic:
    """A key that its mapping has not."""
    parent, name = path[:-1], str(path[-1])
    meant = meant_key(data, path)
    reason, way = homes.elsewhere(data, path) if meant is None else ("", near.asked([meant]))
    keys = keys_of(data, parent)
    if not way:
        close = _close(data, path)
        way = near.asked(close) if close else _listed(name, keys)
    return Diagnostic(
        "DN020",
        f"{_here(parent)} has no key `{name}`",
        path=path,
        on_key=True,
        reason=reason or "a key that nothing reads would be a fact that never reaches a host",
        help=way,
        secret=meant is None and _may_be_secret(data, path),
        edits=(Edit(path, written(meant), on_key=True),) if meant else (),
    )


def _close(data: Data, path: SpecPath) -> list[str]:
    """The keys that an operator is asked about."""
    names = keys_of(data, path[:-1])
    called = _ALSO_CALLED.get(str(path[-1]))
    if called in names:
        return [called]
    return near.nearest(path[-1], names, _ALIKE) or _only_gap(data, path)


def _only_gap(data: Data, path: SpecPath) -> list[str]:
    """The one key that is missing, where this is the one unknown key and its value may stand there."""
    above, model = reach(data, path[:-1]), homes.model_at(data, path[:-1])
    if model is None or not isinstance(above, dict) or len(model.model_fields) > _SMALL:
        return []
    strays = [key for key in above if key not in model.model_fields]
    gaps = [key for key, field in model.model_fields.items() if field.is_required() and key not in above]
    slot = slot_at(Runtime, data, (*path[:-1], gaps[0])) if gaps else None
    alone = len(strays) == len(gaps) == 1 and slot is not None
    return gaps if alone and slot and mending.fits(data, slot, above[strays[0]]) else []


def _listed(name: str, keys: Sequence[str]) -> str:
    """The keys of a mapping; of very many those that are nearest."""
    if len(keys) <= _MOST_LISTED:
        return f"its keys are: {', '.join(keys)}"
    return f"some of its keys: {', '.join(near.by_nearness(name, keys)[:8])}, …; `dncompile schema` has all"


def _may_be_secret(data: Data, path: SpecPath) -> bool:
    """Whether a secret may have been pasted behind a key that nobody knows."""
    return _SECRET.search(str(path[-1])) is not None or holds_secret(slot_at(Runtime, data, path[:-1]))


def missing(data: Data, parent: SpecPath, names: Sequence[str]) -> Diagnostic:
    """Keys that a mapping needs: one with all that is known of it, or several in a row."""
    keys = ", ".join(f"`{one}`" for one in names)
    way = _adding(data, parent, names[0]) if len(names) == 1 else _adding_all(data, parent, names)
    return Diagnostic(
        "DN021",
        f"{_here(parent)} lacks the key{'s' * (len(names) > 1)} {keys}",
        path=parent,
        on_key=True,
        reason="the compiler guesses nothing: what a host needs is written down",
        help=way,
    )


def _adding(data: Data, parent: SpecPath, name: str) -> str:
    slot = slot_at(Runtime, data, parent)
    if slot is not None and name == tag_of(slot):
        return f"add `{name}:`, {one_of([variant(one, name) for one in slot.models])}"
    example = _shown(data, parent, name)
    model = homes.model_at(data, parent)
    about = description(model, name) if model else ""
    return "\n".join([f"add `{name}:`{example and f', {example}'}", *([about] if about else [])])


def _adding_all(data: Data, parent: SpecPath, names: Sequence[str]) -> str:
    """A line for each of several keys."""
    lines = []
    for one in names:
        like, value = _sibling(data, parent, one)
        example = messages.example(slot_at(Runtime, data, (*parent, one)), data).removeprefix("for example ")
        lines.append(
            f"{one}: {messages.flow(value)}  # as in {dotted(like)}" if like else f"{one}: {example}"
        )
    return "\n".join(["add:", *lines])


def _shown(data: Data, parent: SpecPath, name: str) -> str:
    """A value that a missing key may have: as another entry has it, or an example."""
    like, value = _sibling(data, parent, name)
    if like:
        return f"as in `{dotted(like)}`: {name}: {messages.flow(value)}"
    return messages.example(slot_at(Runtime, data, (*parent, name)), data)


def _sibling(data: Data, parent: SpecPath, name: str) -> tuple[SpecPath, Data]:
    """Another entry of the same table and kind that has the key, with its value; empty if there is none."""
    slot, model = slot_at(Runtime, data, (*parent, name)), homes.model_at(data, parent)
    for at in reversed(range(len(parent))):
        above, table = slot_at(Runtime, data, parent[:at]), reach(data, parent[:at])
        if slot is None or holds_secret(slot) or above is None or not isinstance(table, dict):
            continue
        for key in list(table)[:_MOST_LISTED] if above.entries else ():
            like = (*parent[:at], key, *parent[at + 1 :])
            value = reach(data, (*like, name))
            if value is not None and homes.model_at(data, like) is model and mending.fits(data, slot, value):
                return like, value
    return (), None


def meant_key(data: Data, path: SpecPath) -> str | None:
    """The key that a misspelt one is certain to be: near enough, and not there already."""
    above = reach(data, path[:-1])
    free = [name for name in keys_of(data, path[:-1]) if not isinstance(above, dict) or name not in above]
    return near.certain(path[-1], free)


def likely_key(data: Data, path: SpecPath) -> str | None:
    """The one key that an operator is asked about, if there is one: it is not missed a second time."""
    if meant_key(data, path) is None and homes.elsewhere(data, path)[1]:
        return None
    close = _close(data, path)
    return meant_key(data, path) or (close[0] if len(close) == 1 else None)


def perhaps_meant(data: Data, path: SpecPath) -> list[str]:
    """The keys whose value an unknown one may hold: those that are near, or else any that is not there."""
    names = keys_of(data, path[:-1])
    above = reach(data, path[:-1])
    free = [name for name in names if isinstance(above, dict) and name not in above]
    return near.nearest(path[-1], free) or [name for name in free if name not in _EVERYWHERE]


def keys_of(data: Data, place: SpecPath) -> list[str]:
    """The keys that a mapping with fields may have; those that every mapping may have come last."""
    model = homes.model_at(data, place)
    names = list(model.model_fields) if model else []
    return sorted(names, key=lambda name: name in _EVERYWHERE)


def _here(place: SpecPath) -> str:
    return f"`{dotted(place)}`" if place else "the spec"
