"""Validation: plain data to a `Runtime`, and every field error of the file with its place."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import ValidationError

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data, Document
from compiler.spec import references
from compiler.spec.many import shown
from compiler.spec.node import settle
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Loaded:
    """The runtime that a document describes, and what is wrong with it.

    With findings, the runtime is the spec with stand-ins at the places in `hidden`: good for a look at the
    rest, never compiled. There is none when no telling is what was meant. `document` knows the places of
    both.
    """

    runtime: Runtime | None
    document: Document
    findings: list[Diagnostic] = field(default_factory=list)
    hidden: frozenset[SpecPath] = frozenset()


def load(document: Document) -> Loaded:
    """Validate the document's data; every mistake in one run."""
    try:
        runtime = Runtime.model_validate(document.data)
    except ValidationError as error:
        return _with_mistakes(document, error)
    return _settled(Loaded(runtime, document), runtime, document.data)


def _with_mistakes(document: Document, error: ValidationError) -> Loaded:
    from compiler.spec import repair  # noqa: PLC0415 - a good spec does not pay for what is said of mistakes

    repaired = repair.repair(document, error)
    loaded = Loaded(None, document, repaired.findings)
    if repaired.runtime is None:
        return loaded
    known = Loaded(repaired.runtime, repaired.document(), repaired.findings, frozenset(repaired.hidden))
    return _settled(known, repaired.runtime, repaired.data)


def _settled(loaded: Loaded, runtime: Runtime, data: Data) -> Loaded:
    """With what only the whole can tell: names that lead nowhere, notes about nothing, and empty ones."""
    settle(runtime)
    named, notes, empty = references.names_and_notes(data)
    lost = references.dangling(data, named, loaded.hidden)
    stray = references.notes_about_nothing(data, notes)
    empty = [path for path in empty if path not in loaded.hidden]
    if not (lost or stray or empty):
        return Loaded(runtime, loaded.document, loaded.findings, loaded.hidden)
    from compiler.spec import lost as saying  # noqa: PLC0415 - a good spec does not pay for it

    mended = {one.places[0]: meant for one in lost if (meant := saying.certain(data, one)) is not None}
    places = {place for one in lost for place in one.places} - mended.keys()
    hidden = {references.field_of(data, place) for place in places}
    found = shown(loaded.document, lost, lambda one: saying.told(data, one))
    found += shown(loaded.document, stray, lambda path: saying.about_nothing(data, path))
    found += shown(loaded.document, empty, saying.empty_note)
    runtime = _with(data, mended) if mended else runtime
    return Loaded(runtime, loaded.document, [*loaded.findings, *found], loaded.hidden | hidden)


def _with(data: Data, mended: dict[SpecPath, str]) -> Runtime:
    """The runtime that is certain to be meant."""
    from compiler.spec.repair import put  # noqa: PLC0415 - a good spec does not pay for it

    for place, meant in mended.items():
        data = put(data, place, meant)
    runtime = Runtime.model_validate(data)
    settle(runtime)
    return runtime
