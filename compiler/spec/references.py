"""Names that stand for entries elsewhere in the spec: each must be there, and of the kind that is meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data
from compiler.spec.node import Refers
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import part, reach, walk


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
