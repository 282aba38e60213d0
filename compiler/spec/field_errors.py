"""Field errors: what the validation library found, told to an operator, each at its place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic_core import ErrorDetails

from compiler.diagnostics import Diagnostic, Edit
from compiler.source.bounded import MOST
from compiler.source.document import Data, Document
from compiler.source.scalars import BadScalar, resolve
from compiler.spec import advice, keys, lacking, mending, messages, misplaced, slips, variants
from compiler.spec.faults import Fault, faults
from compiler.spec.many import shown
from compiler.spec.path import SpecPath, dotted
from compiler.spec.written import written

_MOST_LOOKED_AT = 5 * MOST
_TOGETHER = 3  # more missing keys of one mapping are one finding


def diagnose(document: Document, data: Data, details: Sequence[ErrorDetails]) -> list[Diagnostic]:
    """Each finding once and with its span, in the order of the file; of very many only the first.

    Args:
        document: the spec, with the places of what is in `data`.
        data: what was validated.
        details: what the library found.
    """
    looked_at = faults(data, details[:_MOST_LOOKED_AT])
    told = sorted(_told(data, looked_at), key=lambda one: _position(document, one[0]))
    more = max(0, len(details) - _MOST_LOOKED_AT)
    return shown(document, told, lambda some: _diagnose(document, data, some), more)


def _position(document: Document, fault: Fault) -> tuple[int, int]:
    span = document.span(fault.path, on_key=fault.on_key or fault.kind == "extra_forbidden")
    return span.line, span.column


def _told(data: Data, found: Sequence[Fault]) -> Iterator[list[Fault]]:
    """What makes one finding each: a key that is missing because it was misspelt makes none."""
    notes: dict[SpecPath, list[Fault]] = defaultdict(list)
    for one in found:
        notes[misplaced.note(data, one.path) or ()].append(one)
    found = notes.pop((), [])
    yield from notes.values()
    lacking: dict[SpecPath, list[Fault]] = defaultdict(list)
    outdented = {one.path: _outdented(one, found) for one in found if one.given is None}
    below = {one.path for several in outdented.values() for one in several}
    for one in found:
        if one.kind == "missing":
            lacking[one.path[:-1]].append(one)
        elif one.path in outdented:
            yield [one, *outdented[one.path]]
        elif one.path not in below:
            yield [one]
    for parent, several in lacking.items():
        strays = [one for one in found if one.kind == "extra_forbidden" and one.path[:-1] == parent]
        explained = {keys.likely_key(data, one.path) for one in strays}
        left = [one for one in several if one.path[-1] not in explained]
        if len(left) > _TOGETHER:
            yield left
        else:
            yield from ([one] for one in left)


def _outdented(empty: Fault, found: Sequence[Fault]) -> list[Fault]:
    """The keys beside an empty mapping that should stand in it."""
    models = empty.slot.models if empty.slot and empty.kind != "missing" else ()
    inside = {name for model in models for name in model.model_fields}
    beside = [one for one in found if one.kind == "extra_forbidden" and one.path[:-1] == empty.path[:-1]]
    return [one for one in beside if one.path[-1] in inside]


def _diagnose(document: Document, data: Data, some: Sequence[Fault]) -> Diagnostic:
    fault = some[0]
    if stray := misplaced.note(data, fault.path):
        return misplaced.told(data, stray)
    if fault.kind == "extra_forbidden":
        return keys.unknown(data, fault.path)
    if fault.kind == "missing":
        return lacking.missing(data, fault.path[:-1], [str(one.path[-1]) for one in some])
    if fault.kind == "union_tag_not_found":
        slot = fault.slot
        return lacking.missing(data, fault.path, [variants.tag_of(slot) if slot else "kind"])
    if fault.kind == "union_tag_invalid":
        return variants.unknown(data, fault.path)
    wrong = _wrong(data, fault, token(document, fault))
    if len(some) == 1:
        return wrong
    names = ", ".join(f"`{one.path[-1]}`" for one in some[1:])
    return replace(wrong, help=f"indent {names} below `{fault.path[-1]}`")


def _wrong(data: Data, fault: Fault, written_as: str) -> Diagnostic:
    """A value, or the name of an entry, that is not what it must be."""
    meant = certain(data, fault, written_as)
    here = f"the key `{fault.path[-1]}`" if fault.on_key else f"`{dotted(fault.path) or 'the spec'}`"
    return Diagnostic(
        "DN023",
        f"{here}: {messages.problem(fault, written_as)}",
        path=fault.path,
        on_key=fault.on_key,
        help=advice.remedy(fault, meant, data),
        secret=fault.secret and not slips.is_public(fault.given),
        edits=() if meant is None else (Edit(fault.path, messages.flow(meant), on_key=fault.on_key),),
    )


def certain(data: Data, fault: Fault, written_as: str) -> Data:
    """What is certain to be meant by what is there; none where it is not."""
    if fault.slot is None or fault.secret:
        return None
    return mending.mend(data, fault.slot, fault.given, written_as)


def token(document: Document, fault: Fault) -> str:
    """How a value is written in the file: the number 3.1 may be written 3.10."""
    span = document.values.get(fault.path)
    if isinstance(fault.given, dict | tuple):
        return ""
    if span is None or fault.on_key:
        return written(fault.given)
    text = document.lines[span.line - 1][span.column - 1 : span.column - 1 + span.width]
    try:
        return text if text and resolve(text) == fault.given else written(fault.given)
    except BadScalar:
        return written(fault.given)
