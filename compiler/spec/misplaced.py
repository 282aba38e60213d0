"""Notes that stand in a table: each is about an entry, and would be taken for one that lacks everything."""

from __future__ import annotations

import re
from dataclasses import replace

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data
from compiler.spec import keys
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import reach, slot_at

_KINDS = {"waive": "a waiver", "why": "a reason", "assumed": "an assumption"}
_CODE = re.compile(r"DN[0-9]{3}")


def note(data: Data, path: SpecPath) -> SpecPath | None:
    """The place of a note in a table, if it is at `path` or above it."""
    for end, name in enumerate(path, start=1):
        if name in _KINDS and _is_note(reach(data, path[:end]), str(name)):
            table = slot_at(Runtime, data, path[: end - 1])
            if table is not None and table.entries is not None and not table.models:
                return path[:end]
    return None


def _is_note(value: Data, name: str) -> bool:
    """Whether this is no entry that happens to have such a name."""
    if isinstance(value, dict):
        return name == "waive" and bool(value) and all(_CODE.fullmatch(key) for key in value)
    return isinstance(value, str) and name != "waive"


def told(data: Data, path: SpecPath) -> Diagnostic:
    """What is said of it."""
    table, kind = path[:-1], _KINDS[str(path[-1])]
    slot = slot_at(Runtime, data, table)
    above = reach(data, table)
    others = [key for key in above if key != path[-1]] if isinstance(above, dict) else []
    example = f", such as `{dotted((*table, others[0]))}`" if others else ""
    inside = slot is not None and slot.entries is not None and bool(slot.entries.models)
    beside = f"write it beside `{table[-1]}`, in `{dotted(table[:-1])}`, under the name of the entry"
    return replace(
        keys.unknown(data, path),
        message=f"`{dotted(table)}` is a table of entries, and {kind} is none",
        secret=False,
        edits=(),
        reason="what is said of all entries would also be said of those that are added later",
        help=f"write it in the entry that it is about{example}" if inside else beside,
    )
