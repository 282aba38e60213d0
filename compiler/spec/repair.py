"""A spec with mistakes, made whole for a look at the rest of it: nothing that was repaired is ever compiled.

A misspelt key is taken for the one that it is near to, and a wrong value for the one that it is certain to be
meant for. What else is wrong or missing gets a stand-in, and its place is hidden from the rules, which then
have nothing to say about it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from compiler.diagnostics import Diagnostic, Span
from compiler.source.bounded import MOST
from compiler.source.document import Data, Document
from compiler.spec import keys, mending, misplaced, variants
from compiler.spec.faults import Fault, faults
from compiler.spec.field_errors import certain, diagnose, token
from compiler.spec.path import SpecPath
from compiler.spec.references import field_of
from compiler.spec.runtime import Runtime
from compiler.spec.shape import part, reach, slot_at
from compiler.spec.slips import folded
from compiler.spec.stand_in import NoStandIn, stand_in

# Each round may bring to light what a wrong `kind:` or a misspelt key has hidden.
_ROUNDS = 4


def repair(document: Document, error: ValidationError) -> Repaired:
    """Say what is wrong with the spec, and make it whole."""
    repaired = Repaired(document, document.data)
    for _ in range(_ROUNDS):
        details = error.errors(include_url=False, include_context=False, include_input=False)
        found = diagnose(repaired.document(), repaired.data, details)
        repaired.findings += [one for one in found if not repaired.is_our_own(one)]
        if len(repaired.findings) > MOST or not repaired.take(details):
            break
        try:
            repaired.runtime = Runtime.model_validate(repaired.data)
        except ValidationError as again:
            error = again
        else:
            break
    return repaired


@dataclass(slots=True)
class Repaired:
    """A document's data as far as it is repaired, and what was found on the way.

    `hidden` are the places of stand-ins, and `renamed` keys that got another name, in the order in which they
    got it; `guessed` are mappings whose kind is not known, and `mended` the places of values that are certain
    to be meant. There is a runtime when the data are valid.
    """

    original: Document
    data: Data
    findings: list[Diagnostic] = field(default_factory=list)
    runtime: Runtime | None = None
    hidden: set[SpecPath] = field(default_factory=set)
    renamed: list[tuple[SpecPath, SpecPath]] = field(default_factory=list)
    guessed: set[SpecPath] = field(default_factory=set)
    mended: set[SpecPath] = field(default_factory=set)

    def is_our_own(self, one: Diagnostic) -> bool:
        """Whether a finding is about the keys of a mapping whose kind is not known, or about a mend."""
        if one.path in self.mended:
            return True
        places = (one.path[:end] for end in range(len(one.path) + 1))
        return one.on_key and not self.guessed.isdisjoint(places)

    def take(self, details: Sequence[ErrorDetails]) -> bool:
        """Repair what these errors are about; false when there is no telling what was meant."""
        document = self.document()
        try:
            for fault in sorted(faults(self.data, details), key=_turn):
                self._one(document, fault)
        except NoStandIn:
            return False
        return True

    def _one(self, document: Document, fault: Fault) -> None:
        if stray := misplaced.note(self.data, fault.path):
            self.data = changed(self.data, stray[:-1], lambda old: _without(old, stray[-1]))
        elif fault.kind == "extra_forbidden":
            self._unknown_key(fault.path)
        elif fault.kind == "missing" and reach(self.data, fault.path) is not None:
            return  # a misspelt key got its name
        elif fault.on_key:
            self._name(fault)
        elif fault.kind.startswith("union_tag"):
            self._variant(fault)
        else:
            self._value(document, fault)

    def _value(self, document: Document, fault: Fault) -> None:
        """The value that is certain to be meant, or a stand-in."""
        given_up = fault.path in self.mended
        meant = None if given_up else certain(self.data, fault, token(document, fault))
        if meant is None:
            self._stand_in(fault.path)
        else:
            self.mended.add(fault.path)
            self.data = put(self.data, fault.path, meant)

    def _unknown_key(self, path: SpecPath) -> None:
        meant = keys.meant_key(self.data, path)
        if meant is not None:
            self._rename(path, meant)
        else:
            self.hidden.update((*path[:-1], name) for name in keys.perhaps_meant(self.data, path))
            self.data = changed(self.data, path[:-1], lambda old: _without(old, path[-1]))

    def _name(self, fault: Fault) -> None:
        """An entry under a name that cannot be: under one that can, or else its whole table is not known."""
        name, table = str(fault.path[-1]), reach(self.data, fault.path[:-1])
        meant = fault.slot and (mending.mend(self.data, fault.slot, name, name) or folded(name))
        free = isinstance(table, dict) and meant not in table
        if isinstance(meant, str) and free and fault.slot and mending.fits(self.data, fault.slot, meant):
            self._rename(fault.path, meant)
        else:
            self.hidden.add(fault.path[:-1])
            self.data = changed(self.data, fault.path[:-1], lambda old: _without(old, name))

    def _rename(self, path: SpecPath, name: str) -> None:
        self.renamed.append((path, (*path[:-1], name)))
        self.data = changed(self.data, path[:-1], lambda old: _renamed(old, str(path[-1]), name))

    def _variant(self, fault: Fault) -> None:
        given = reach(self.data, fault.path)
        if fault.slot is None or not isinstance(given, dict):
            raise NoStandIn(str(fault.path))
        tag = variants.tag_of(fault.slot)
        arm = variants.meant_variant(fault.slot, given)
        if not variants.is_known(fault.slot, given):
            self.hidden.add((*fault.path, tag))
            self.guessed.add(fault.path)
        self.data = put(self.data, (*fault.path, tag), arm)

    def _stand_in(self, path: SpecPath) -> None:
        """A stand-in at the place, or at the nearest one above for which there is one."""
        slot = slot_at(Runtime, self.data, path)
        if slot is None or not path:
            raise NoStandIn(str(path))
        try:
            valid = stand_in(self.data, slot)
        except NoStandIn:
            return self._stand_in(path[:-1])
        self.hidden.update((path, field_of(self.data, path)))
        self.data = put(self.data, path, valid)
        return None

    def document(self) -> Document:
        """The document with the right names of misspelt keys beside those that are written."""
        original = self.original
        if not self.renamed:
            return original
        return replace(
            original,
            keys={**original.keys, **dict(self._moved(original.keys))},
            values={**original.values, **dict(self._moved(original.values))},
        )

    def _moved(self, spans: dict[SpecPath, Span]) -> Iterator[tuple[SpecPath, Span]]:
        """The spans of everything at or below a key with a new name."""
        for path, span in spans.items():
            right = path
            for old, new in self.renamed:
                right = (*new, *right[len(old) :]) if right[: len(old)] == old else right
            if right != path:
                yield right, span


def _turn(fault: Fault) -> tuple[int, int]:
    """Names first, since what is below them is found by them; deep places before those above them."""
    kind = 0 if fault.kind == "extra_forbidden" else 2 if fault.on_key else 1
    return kind, -len(fault.path)


def changed(data: Data, path: SpecPath, change: Callable[[Data], Data]) -> Data:
    """A copy of the data in which what stands at `path` is changed."""
    if not path:
        return change(data)
    name, below = path[0], changed(part(data, path[0]), path[1:], change)
    if isinstance(data, tuple) and isinstance(name, int):
        return (*data[:name], below, *data[name + 1 :])
    return {**_mapping(data), str(name): below}


def put(data: Data, path: SpecPath, value: Data) -> Data:
    """A copy of the data in which `value` stands at `path`."""
    return changed(data, path, lambda _: value)


def _mapping(data: Data) -> dict[str, Data]:
    return data if isinstance(data, dict) else {}


def _renamed(data: Data, wrong: str, right: str) -> Data:
    return {right if key == wrong else key: value for key, value in _mapping(data).items()}


def _without(data: Data, name: str | int) -> Data:
    return {key: value for key, value in _mapping(data).items() if key != name}
