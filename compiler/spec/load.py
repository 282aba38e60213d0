"""Validation: plain data to a `Runtime`, or every field error of the file with its place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from compiler.diagnostics import Diagnostic
from compiler.source.document import Data, Document
from compiler.spec.node import settle
from compiler.spec.path import SpecPath, dotted
from compiler.spec.references import dangling
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, node_for, part, reach, slot_at

_KEY = "[key]"


def load(document: Document) -> tuple[Runtime | None, list[Diagnostic]]:
    """The runtime that the document describes; none when any field is wrong."""
    try:
        runtime = Runtime.model_validate(document.data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
        return None, _unique(_diagnose(document.data, detail) for detail in details)
    settle(runtime)
    return runtime, dangling(document.data)


def _unique(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    return list(dict.fromkeys(found))


def _diagnose(data: Data, detail: ErrorDetails) -> Diagnostic:
    path = _path(data, detail["loc"])
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_key(data, path)
    if kind == "missing":
        return _missing_key(data, path[:-1], str(path[-1]))
    if kind.startswith("union_tag"):
        return _unknown_variant(data, path)
    message = detail["msg"].removeprefix("Value error, ")
    return Diagnostic(
        "DN023",
        f"`{dotted(path) or 'the spec'}`: {_plain(message, kind)}",
        path=path,
        on_key=_KEY in detail["loc"],
        help=_shown(slot_at(Runtime, data, path)),
    )


def _path(data: Data, loc: tuple[int | str, ...]) -> SpecPath:
    """The place that pydantic means: its own insertions (union tags, validator names) left out."""
    path: list[int | str] = []
    for index, name in enumerate(loc):
        last = index == len(loc) - 1
        known = (isinstance(data, dict) and name in data) or (
            isinstance(data, tuple) and isinstance(name, int)
        )
        if known or (last and isinstance(data, dict) and name != _KEY):
            path.append(name)
            data = part(data, name)
    return tuple(path)


def _unknown_key(data: Data, path: SpecPath) -> Diagnostic:
    parent = path[:-1]
    fields = _fields(data, parent)
    near = difflib.get_close_matches(str(path[-1]), fields, n=1)
    here = f"`{dotted(parent)}`" if parent else "the spec"
    return Diagnostic(
        "DN020",
        f"{here} has no key `{path[-1]}`",
        path=path,
        on_key=True,
        reason="a key that nothing reads would be a fact that never reaches a host",
        help=f"did you mean `{near[0]}`?" if near else f"its keys are: {', '.join(fields)}",
    )


def _missing_key(data: Data, parent: SpecPath, name: str) -> Diagnostic:
    here = f"`{dotted(parent)}`" if parent else "the spec"
    example = _shown(slot_at(Runtime, data, (*parent, name)))
    return Diagnostic(
        "DN021",
        f"{here} lacks the key `{name}`",
        path=parent,
        on_key=True,
        help=f"add `{name}:`. {example}".strip(),
    )


def _unknown_variant(data: Data, path: SpecPath) -> Diagnostic:
    slot = slot_at(Runtime, data, path)
    arms = [arm.annotation for arm in slot.arms()] if slot else []
    tag, choices = _tag(arms)
    given = reach(data, (*path, tag))
    problem = f"has {tag} `{given}`" if given is not None else f"lacks the key `{tag}`"
    where = (*path, tag) if given is not None else path
    return Diagnostic(
        "DN022", f"`{dotted(path)}` {problem}", path=where, help=f"one of: {', '.join(choices)}"
    )


def _tag(arms: list[Any]) -> tuple[str, list[str]]:
    for name in ("role", "status", "kind", "source"):
        if arms and all(name in arm.model_fields for arm in arms):
            return name, [arm.model_fields[name].annotation.__args__[0] for arm in arms]
    return "kind", []


def _fields(data: Data, parent: SpecPath) -> list[str]:
    slot = slot_at(Runtime, data, parent)
    model = node_for(slot, reach(data, parent)) if slot else None
    return list(model.model_fields) if model else []


def _plain(message: str, kind: str) -> str:
    if kind == "string_type":
        return "text is wanted here; put the value in quotes"
    return message[:1].lower() + message[1:]


def _example(note: Any) -> Any:
    """What a word, a quantity or a bound shows as an example, if it does."""
    shown = getattr(note, "example", None) or getattr(note, "EXAMPLE", None)
    return shown or (getattr(note, "examples", None) or [None])[0]


def _shown(slot: Slot | None) -> str:
    for arm in slot.arms() if slot else ():
        for note in (arm.annotation, *arm.notes):
            example = _example(note)
            if example is not None:
                return f"For example: {example!r}" if isinstance(example, str) else f"For example: {example}"
    return ""
