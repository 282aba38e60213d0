"""Validation: plain data to a `Runtime`, or every field error of the file with its place."""

from __future__ import annotations

import difflib
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data, Document
from compiler.spec import messages
from compiler.spec.node import Concealed, settle
from compiler.spec.path import SpecPath, dotted
from compiler.spec.references import dangling, notes_about_nothing
from compiler.spec.runtime import Runtime
from compiler.spec.scalars import Word
from compiler.spec.shape import Slot, node_for, part, reach, slot_at

_KEY = "[key]"


def load(document: Document) -> tuple[Runtime | None, list[Diagnostic]]:
    """The runtime that the document describes; none when any field is wrong."""
    try:
        runtime = Runtime.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, _all(document.data, details)
    settle(runtime)
    return runtime, [*dangling(document.data), *notes_about_nothing(document.data)]


def _all(data: Data, details: list[ErrorDetails]) -> list[Diagnostic]:
    """Each finding once; a key that is missing because it was misspelt is not missing, too."""
    unknown = [_path(data, detail["loc"]) for detail in details if detail["type"] == "extra_forbidden"]
    meant = {(*path[:-1], near) for path in unknown if (near := _near(data, path))}
    told = [
        detail
        for detail in details
        if detail["type"] != "missing" or _path(data, detail["loc"], missing=True) not in meant
    ]
    emptied = {detail["loc"][:-1] for detail in details}
    return list(
        dict.fromkeys(
            _diagnose(data, detail)
            for detail in told
            if detail["type"] != "too_short" or detail["loc"] not in emptied
        )
    )


def _diagnose(data: Data, detail: ErrorDetails) -> Diagnostic:
    kind = detail["type"]
    path = _path(data, detail["loc"], missing=kind == "missing")
    if kind == "extra_forbidden":
        return _unknown_key(data, path)
    if kind == "missing":
        return _missing_key(data, path[:-1], str(path[-1]))
    if kind.startswith("union_tag"):
        return _unknown_variant(data, path)
    slot = slot_at(Runtime, data, path)
    return Diagnostic(
        "DN023",
        f"`{dotted(path) or 'the spec'}`: {messages.problem(detail)}",
        path=path,
        on_key=_KEY in detail["loc"],
        help=messages.remedy(detail, slot),
        secret=_is_secret(slot),
    )


def _is_secret(slot: Slot | None) -> bool:
    word = slot.note(Word) if slot else None
    return slot is not None and (slot.note(Concealed) is not None or (word is not None and word.secret))


def _path(data: Data, loc: tuple[int | str, ...], *, missing: bool = False) -> SpecPath:
    """The place that pydantic means: its own insertions (union tags, validator names) left out."""
    path: list[int | str] = []
    for index, name in enumerate(loc):
        last = index == len(loc) - 1
        known = (isinstance(data, dict) and name in data) or (
            isinstance(data, tuple) and isinstance(name, int)
        )
        if known or (missing and last and isinstance(data, dict)):
            path.append(name)
            data = part(data, name)
    return tuple(path)


def _unknown_key(data: Data, path: SpecPath) -> Diagnostic:
    parent = path[:-1]
    near = _near(data, path)
    here = f"`{dotted(parent)}`" if parent else "the spec"
    return Diagnostic(
        "DN020",
        f"{here} has no key `{path[-1]}`",
        path=path,
        on_key=True,
        reason="a key that nothing reads would be a fact that never reaches a host",
        help=f"did you mean `{near}`?" if near else f"its keys are: {', '.join(_fields(data, parent))}",
    )


def _near(data: Data, path: SpecPath) -> str | None:
    return next(iter(difflib.get_close_matches(str(path[-1]), _fields(data, path[:-1]), n=1)), None)


def _missing_key(data: Data, parent: SpecPath, name: str, choices: str = "") -> Diagnostic:
    here = f"`{dotted(parent)}`" if parent else "the spec"
    shown = choices or messages.example(slot_at(Runtime, data, (*parent, name)))
    return Diagnostic(
        "DN021",
        f"{here} lacks the key `{name}`",
        path=parent,
        on_key=True,
        help=f"add `{name}:`, {shown}" if shown else f"add `{name}:`",
    )


def _unknown_variant(data: Data, path: SpecPath) -> Diagnostic:
    slot = slot_at(Runtime, data, path)
    arms = [arm.annotation for arm in slot.arms()] if slot else []
    tag, choices = _tag(arms)
    given = reach(data, (*path, tag))
    if given is None:
        return _missing_key(data, path, tag, _one_of(choices))
    near = difflib.get_close_matches(str(given), choices, n=1, cutoff=0.4)
    return Diagnostic(
        "DN022",
        f"`{dotted(path)}`: there is no {tag} `{given}`",
        path=(*path, tag),
        help=f"did you mean `{near[0]}`?" if near else _one_of(choices),
    )


def _one_of(choices: list[str]) -> str:
    return f"one of: {', '.join(choices)}"


def _tag(arms: list[Any]) -> tuple[str, list[str]]:
    for name in ("role", "status", "kind", "source"):
        if arms and all(name in arm.model_fields for arm in arms):
            return name, [arm.model_fields[name].annotation.__args__[0] for arm in arms]
    return "kind", []


def _fields(data: Data, parent: SpecPath) -> list[str]:
    slot = slot_at(Runtime, data, parent)
    model = node_for(slot, reach(data, parent)) if slot else None
    return list(model.model_fields) if model else []
