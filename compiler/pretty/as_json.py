"""Diagnostics for programs: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Span
from compiler.pretty.conceal import conceal
from compiler.pretty.regions import Region, Regions, regions
from compiler.spec.path import SpecPath, dotted


def show(findings: Sequence[Diagnostic], spec: str, lines: Sequence[str] = ()) -> str:
    """`{"version": 1, "diagnostics": […]}`.

    Lines and columns count from 1, in characters; the end of an edit is the column behind it.
    """
    edits = regions(findings, lines)
    entries = [_entry(one, spec, edits) for one in findings]
    return json.dumps({"version": 1, "diagnostics": entries}, indent=2) + "\n"


def _entry(found: Diagnostic, spec: str, edits: Regions) -> dict[str, object]:
    entry: dict[str, object] = {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "file": found.file or spec,
        **_place(found.path, found.span),
        "reason": found.reason or None,
        "help": found.help or None,
        "diff": found.detail or None,
        "related": [_there({"message": one.message, **_place(one.path, one.span)}) for one in found.related]
        or None,
        "edits": [_edit(one) for one in edits(found)] or None,
    }
    return _there(entry)


def _there(entry: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in entry.items() if value is not None}


def _place(path: SpecPath, span: Span | None) -> dict[str, object]:
    return {
        "path": conceal(dotted(path)) or None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "width": span.width if span else None,
    }


def _edit(edit: Region) -> dict[str, object]:
    entry: dict[str, object] = {
        "path": conceal(dotted(edit.path)),
        "line": edit.line,
        "column": edit.column,
        "end_line": edit.end_line,
        "end_column": edit.end_column,
        "width": edit.end_column - edit.column if edit.line == edit.end_line else None,
        "text": edit.text,
    }
    return _there(entry)
