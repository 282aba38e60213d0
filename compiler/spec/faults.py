"""Where in a spec the validation library found something, told apart from its own insertions.

Its locations name more than keys and indexes: the variant of a mapping, the alternative of a union, and a
mark for the key of an entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args, get_origin

from pydantic_core import ErrorDetails

from compiler.secret_shapes import names_secret
from compiler.source.document import Data
from compiler.spec.node import Concealed, Node
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, part, slot_of, step
from compiler.spec.word import Word

_KEY = "[key]"
NO_ALTERNATIVE = "no_alternative"


@dataclass(frozen=True, slots=True)
class Fault:
    """One field error: its kind and what the library says, the place, what is there, and what may be there.

    `on_key` is for the key of an entry. A missing key has the path that it would have.
    """

    kind: str
    says: str
    path: SpecPath
    given: Data
    slot: Slot | None
    on_key: bool = False

    @property
    def secret(self) -> bool:
        """Whether what is written there may be a secret."""
        return holds_secret(self.slot) or any(names_secret(str(name)) for name in self.path)


def holds_secret(slot: Slot | None) -> bool:
    """Whether a secret may have been pasted into a place, or directly below it, by mistake."""
    return slot is not None and any(_is_secret(arm) or _is_table(arm) for arm in _with_fields(slot))


def _with_fields(slot: Slot) -> Iterator[Slot]:
    for arm in slot.arms():
        yield arm
        if isinstance(arm.annotation, type) and issubclass(arm.annotation, Node):
            for field in arm.annotation.model_fields.values():
                yield from slot_of(field.annotation, tuple(field.metadata)).arms()


def _is_table(arm: Slot) -> bool:
    """Whether this is a table of what may be secrets."""
    return get_origin(arm.annotation) is dict and _is_secret(slot_of(get_args(arm.annotation)[1]))


def _is_secret(arm: Slot) -> bool:
    word = arm.note(Word)
    return arm.note(Concealed) is not None or (word is not None and word.secret)


def faults(data: Data, details: Iterable[ErrorDetails]) -> list[Fault]:
    """Every field error once, each with its place."""
    return _alternatives([fault(data, detail) for detail in details])


def fault(data: Data, detail: ErrorDetails) -> Fault:
    """One field error with its place."""
    path: list[int | str] = []
    slot: Slot | None = Slot(Runtime)
    key: Slot | None = None
    labelled = on_key = False
    for name in detail["loc"]:
        if name == _KEY and key is not None:
            on_key = True
        elif not labelled and slot is not None and _is_union(slot):
            labelled = True
        else:
            key = _key_slot(slot, data, name)
            slot, data = step(slot, data, name) if slot else None, part(data, name)
            labelled = False
            path.append(name)
    given = path[-1] if on_key else data
    return Fault(detail["type"], detail["msg"], tuple(path), given, key if on_key else slot, on_key)


def _is_union(slot: Slot) -> bool:
    """Whether the library names the alternative that it tried: not for a value that may only be null, too."""
    return sum(arm.annotation is not type(None) for arm in slot.arms()) > 1


def _key_slot(slot: Slot | None, data: Data, name: str | int) -> Slot | None:
    """What the keys of a table are, if this is one."""
    return slot.names if slot and isinstance(data, dict) and name in data else None


def _alternatives(found: Sequence[Fault]) -> list[Fault]:
    """Of what is wrong with each alternative of a union, what is wrong with the one that was meant."""
    places: dict[tuple[SpecPath, bool], list[Fault]] = defaultdict(list)
    for one in found:
        places[one.path, one.on_key].append(one)
    above = {one.path[:end] for one in found for end in range(len(one.path)) if not one.on_key}
    return [one for (path, _), several in places.items() for one in _meant(several, inside=path in above)]


def _meant(several: list[Fault], *, inside: bool) -> Iterator[Fault]:
    """At most one fault; none if what is wrong was found further inside of the value."""
    first, *more = several
    if inside and (more or first.kind in ("too_short", "string_type")):
        return
    exact = [one for one in several if not one.kind.endswith("_type")]
    if exact or not more:
        yield (exact or several)[0]
    else:
        yield Fault(NO_ALTERNATIVE, "", first.path, first.given, first.slot, first.on_key)
