"""Another entry of the same table: what it says at a key is the best example for an entry that lacks it."""

from __future__ import annotations

from compiler.source.document import Data
from compiler.spec import homes, mending
from compiler.spec.faults import holds_secret
from compiler.spec.node import Opens
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, reach, slot_at

_MOST = 22


def opens(slot: Slot, value: Data) -> bool:
    """Whether a value opens what the others guard: nobody is shown such an example."""
    guarded = slot.note(Opens)
    return guarded is not None and value == guarded.choice


def sibling(data: Data, parent: SpecPath, name: str) -> tuple[SpecPath, Data]:
    """Another entry of the same table and kind that has the key, with its value; empty if there is none."""
    slot, model = slot_at(Runtime, data, (*parent, name)), homes.model_at(data, parent)
    for at in reversed(range(len(parent))):
        above, table = slot_at(Runtime, data, parent[:at]), reach(data, parent[:at])
        if (
            slot is None
            or model is None
            or holds_secret(slot)
            or above is None
            or not isinstance(table, dict)
        ):
            continue
        for key in list(table)[:_MOST] if above.entries else ():
            like = (*parent[:at], key, *parent[at + 1 :])
            value = reach(data, (*like, name))
            known = value is not None and like != parent and homes.model_at(data, like) is model
            if known and not opens(slot, value) and mending.fits(data, slot, value):
                return like, value
    return (), None
