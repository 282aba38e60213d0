"""What is said of keys that do not belong where they stand, and of those that are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Edit
from compiler.source.document import Data
from compiler.spec import homes, messages, near
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


def unknown(data: Data, path: SpecPath) -> Diagnostic:
    """A key that its mapping has not."""
    parent, name = path[:-1], str(path[-1])
    meant = meant_key(data, path)
    reason, way = homes.elsewhere(data, path) if meant is None else ("", near.asked([meant]))
    keys = keys_of(data, parent)
    if not way:
        close = near.nearest(name, keys)
        way = near.asked(close) if close else f"its keys are: {', '.join(keys)}"
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
    example = messages.example(slot_at(Runtime, data, (*parent, name)), data)
    model = homes.model_at(data, parent)
    about = description(model, name) if model else ""
    return "\n".join([f"add `{name}:`{example and f', {example}'}", *([about] if about else [])])


def _adding_all(data: Data, parent: SpecPath, names: Sequence[str]) -> str:
    """A line for each of several keys."""
    examples = [(one, messages.example(slot_at(Runtime, data, (*parent, one)), data)) for one in names]
    return "\n".join(["add:", *(f"{one}: {shown.removeprefix('for example ')}" for one, shown in examples)])


def meant_key(data: Data, path: SpecPath) -> str | None:
    """The key that a misspelt one is certain to be: near enough, and not there already."""
    above = reach(data, path[:-1])
    free = [name for name in keys_of(data, path[:-1]) if not isinstance(above, dict) or name not in above]
    return near.certain(path[-1], free)


def likely_key(data: Data, path: SpecPath) -> str | None:
    """The one key that an operator is asked about, if there is one: it is not missed a second time."""
    if meant_key(data, path) is None and homes.elsewhere(data, path)[1]:
        return None
    close = near.nearest(path[-1], keys_of(data, path[:-1]))
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
