"""Names that stand for entries elsewhere in the spec: each must be there, and of the kind that is meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data
from compiler.spec.node import Refers
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import node_for, part, reach, slot_at, walk


def entries(data: Data, refers: Refers) -> Iterator[str]:
    """The keys that a reference may name, in order."""
    table = reach(data, tuple(refers.table.split(".")))
    wanted = {name: value for name, value in (("role", refers.role), ("status", refers.status)) if value}
    for key, entry in sorted(table.items()) if isinstance(table, dict) else ():
        if all(part(entry, name) == value for name, value in wanted.items()):
            yield key


def dangling(data: Data) -> list[Diagnostic]:
    """A finding for every reference that leads nowhere."""
    found = []
    for path, slot, value in walk(Runtime, data):
        refers = slot.note(Refers)
        if refers is not None and value not in (keys := list(entries(data, refers))):
            found.append(_dangling(path, str(value), refers, keys))
    return found


def notes_about_nothing(data: Data) -> list[Diagnostic]:
    """A finding for every key of `why:` or `assumed:` that is no field of the mapping that it stands in."""
    found = []
    for path, _, _ in walk(Runtime, data):
        if len(path) > 1 and path[-2] in ("why", "assumed"):
            slot = slot_at(Runtime, data, path[:-2])
            model = node_for(slot, reach(data, path[:-2])) if slot else None
            if model is not None and path[-1] not in model.model_fields:
                found.append(_about_nothing(path, list(model.model_fields)))
    return found


def _about_nothing(path: SpecPath, fields: list[str]) -> Diagnostic:
    near = difflib.get_close_matches(str(path[-1]), fields, n=1)
    here = dotted(path[:-2]) or "the spec"
    return Diagnostic(
        "DN025",
        f"`{dotted(path)}` is a note about `{path[-1]}`, and `{here}` has no such field",
        path=path,
        on_key=True,
        reason="a note is carried to where its field is explained",
        help=f"did you mean `{near[0]}`?" if near else f"its fields are: {', '.join(fields)}",
    )


def _dangling(path: SpecPath, value: str, refers: Refers, keys: list[str]) -> Diagnostic:
    kind = refers.role or refers.status
    narrowed = f" that is `{kind}`" if kind else ""
    near = difflib.get_close_matches(value, keys, n=1)
    return Diagnostic(
        "DN024",
        f"`{dotted(path)}` names `{value}`, and `{refers.table}` has no such entry{narrowed}",
        path=path,
        help=f"did you mean `{near[0]}`?" if near else f"its entries are: {', '.join(keys) or 'none'}",
    )
