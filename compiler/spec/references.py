"""Names that stand for entries elsewhere in the spec: each must be there, and of the kind that is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from compiler.source.document import Data
from compiler.spec.node import Node, Refers
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import node_for, part, reach, slot_at, walk

_NOTES = ("why", "assumed", "waive")


def entries(data: Data, refers: Refers) -> Iterator[str]:
    """The keys that a reference may name, in order."""
    table = reach(data, tuple(refers.table.split(".")))
    wanted = {name: value for name, value in (("role", refers.role), ("status", refers.status)) if value}
    for key, entry in sorted(table.items()) if isinstance(table, dict) else ():
        if all(part(entry, name) == value for name, value in wanted.items()):
            yield key


@dataclass(frozen=True, slots=True)
class Named:
    """A place that names an entry."""

    path: SpecPath
    value: str
    refers: Refers


@dataclass(frozen=True, slots=True)
class Lost:
    """A name that leads nowhere, with all the places that it stands at, and the names that there are."""

    value: str
    refers: Refers
    places: tuple[SpecPath, ...]
    keys: tuple[str, ...]
    is_instead: str = ""  # the role or status of the entry that it names, where another is wanted
    spare: str = ""  # the only entry that nothing names: it may have had this name before


def names_and_notes(data: Data) -> tuple[list[Named], list[SpecPath], list[SpecPath]]:
    """Every place that names an entry, every note about a field, and every note that is empty.

    One walk, which a good spec pays for.
    """
    named, notes, empty = [], [], []
    for path, slot, value in walk(Runtime, data):
        refers = slot.note(Refers)
        if refers is not None:
            named.append(Named(path, str(value), refers))
        elif len(path) > 1 and path[-2] in ("why", "assumed"):
            notes.append(path)
        elif not value and path and path[-1] in _NOTES and model_of(data, path[:-1]) is not None:
            empty.append(path)
    return named, notes, empty


def dangling(data: Data, named: Sequence[Named], hidden: AbstractSet[SpecPath] = frozenset()) -> list[Lost]:
    """Every name that leads nowhere; what leads to a place in `hidden`, or stands there, may be right."""
    known: dict[Refers, dict[str, None]] = {}
    lost: dict[tuple[Refers, str], list[SpecPath]] = defaultdict(list)
    for one in named:
        if one.refers not in known:
            known[one.refers] = dict.fromkeys(entries(data, one.refers))
        if one.value not in known[one.refers] and not _is_hidden(hidden, one):
            lost[one.refers, one.value].append(one.path)
    return [
        Lost(
            value,
            refers,
            tuple(at),
            tuple(known[refers]),
            _other_kind(data, refers, value),
            _spare(known[refers], refers, named),
        )
        for (refers, value), at in lost.items()
    ]


def _spare(keys: Iterable[str], refers: Refers, named: Iterable[Named]) -> str:
    """The only entry of a table that no place names."""
    used = {one.value for one in named if one.refers.table == refers.table}
    unused = [key for key in keys if key not in used]
    return unused[0] if len(unused) == 1 else ""


def _other_kind(data: Data, refers: Refers, value: str) -> str:
    found = reach(data, (*refers.table.split("."), value, "role" if refers.role else "status"))
    return found if isinstance(found, str) and (refers.role or refers.status) else ""


def _is_hidden(hidden: AbstractSet[SpecPath], named: Named) -> bool:
    if not hidden:
        return False
    path, table = named.path, tuple(named.refers.table.split("."))
    there = [table[:end] for end in range(1, len(table) + 1)]
    there += [(*table, named.value, name) for name in ("role", "status")]
    return not hidden.isdisjoint([*there, *(path[:end] for end in range(1, len(path) + 1))])


def named_by(data: Data, refers: Refers, value: object) -> tuple[str, str]:
    """The one entry of which a text is a field's value, and that field; empty where no single one is.

    People write a model's repository or the name that it is served under, where its key is wanted.
    """
    found = [
        (key, name)
        for key in entries(data, refers)
        for name, text in _texts(reach(data, (*refers.table.split("."), key)))
        if isinstance(value, str) and text.lower() == value.strip().lower()
    ]
    return found[0] if len({key for key, _ in found}) == 1 else ("", "")


def _texts(entry: Data) -> Iterator[tuple[str, str]]:
    for name, value in entry.items() if isinstance(entry, dict) else ():
        if isinstance(value, str):
            yield name, value


def field_of(data: Data, path: SpecPath) -> SpecPath:
    """The nearest field of a mapping with fields: what a rule reads when it reads something at `path`."""
    for end in range(len(path), 0, -1):
        if model_of(data, path[: end - 1]) is not None:
            return path[:end]
    return path


def notes_about_nothing(data: Data, notes: Iterable[SpecPath]) -> list[SpecPath]:
    """Every key of `why:` or `assumed:` that is no field of the mapping that it stands in."""
    models = [(path, model_of(data, path[:-2])) for path in notes]
    return [path for path, model in models if model is not None and path[-1] not in model.model_fields]


def model_of(data: Data, place: SpecPath) -> type[Node] | None:
    """The model of the mapping with fields at a place, if there is one."""
    slot = slot_at(Runtime, data, place)
    return node_for(slot, reach(data, place)) if slot else None
