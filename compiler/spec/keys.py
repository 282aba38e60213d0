"""What is said of keys that do not belong where they stand, and of those that are missing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Edit
from compiler.source.document import Data
from compiler.spec import homes, mending, near
from compiler.spec.faults import holds_secret
from compiler.spec.node import Node
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import reach, slot_at
from compiler.spec.written import written

_SECRET = re.compile("token|secret|passw|credential|key|auth", re.IGNORECASE)
_EVERYWHERE = frozenset(Node.model_fields)
_ALSO_CALLED = {
    **dict.fromkeys(("args", "extra_args", "extra_arguments", "flags"), "arguments"),
    **dict.fromkeys(("because", "reason", "reasons", "note", "notes", "comment", "description"), "why"),
    **dict.fromkeys(("todo", "assumption", "assumptions", "assume", "unconfirmed"), "assumed"),
    **dict.fromkeys(("ignore", "except", "waiver", "waivers"), "waive"),
}
_ALIKE = 0.65
_MOST_LISTED = 22
_SMALL = 4 + len(_EVERYWHERE)  # where one key left over can only be the one that lacks


def unknown(data: Data, path: SpecPath) -> Diagnostic:
    """A key that its mapping has not."""
    parent, name = path[:-1], str(path[-1])
    meant = meant_key(data, path)
    note = _note_called(data, path)
    reason, way = homes.elsewhere(data, path) if not (meant or note) else ("", near.asked([meant or note]))
    if not way:
        close = _close(data, path)
        way = near.asked(close) if close else _listed(name, keys_of(data, parent))
    return Diagnostic(
        "DN020",
        f"{here(parent)} has no key `{name}`",
        path=path,
        on_key=True,
        reason=reason or "a key that nothing reads would be a fact that never reaches a host",
        help=way,
        secret=not (meant or note) and _may_be_secret(data, path),
        edits=(Edit(path, written(meant), on_key=True),) if meant else (),
    )


def _note_called(data: Data, path: SpecPath) -> str:
    """The key for notes that people call by another name, if it is free here."""
    called = _ALSO_CALLED.get(str(path[-1]), "")
    above = reach(data, path[:-1])
    return called if called in _EVERYWHERE and isinstance(above, dict) and called not in above else ""


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
    called = _ALSO_CALLED.get(str(path[-1]))
    if called in free:
        return [called]
    return near.nearest(path[-1], free) or [name for name in free if name not in _EVERYWHERE]


def keys_of(data: Data, place: SpecPath) -> list[str]:
    """The keys that a mapping with fields may have; those that every mapping may have come last."""
    model = homes.model_at(data, place)
    names = list(model.model_fields) if model else []
    return sorted(names, key=lambda name: name in _EVERYWHERE)


def here(place: SpecPath) -> str:
    """A mapping's place in words."""
    return f"`{dotted(place)}`" if place else "the spec"
