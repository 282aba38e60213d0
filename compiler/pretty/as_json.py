"""Diagnostics for programs: one JSON document."""

from __future__ import annotations

import json
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic
from compiler.spec.path import dotted


def show(findings: Sequence[Diagnostic], spec: str) -> str:
    """`{"version": 1, "diagnostics": […]}`; lines and columns count from 1."""
    return json.dumps({"version": 1, "diagnostics": [_entry(one, spec) for one in findings]}, indent=2) + "\n"


def _entry(found: Diagnostic, spec: str) -> dict[str, object]:
    entry: dict[str, object] = {
        "code": found.code,
        "severity": found.severity,
        "message": found.message,
        "file": found.file or spec,
        "path": dotted(found.path) or None,
        "line": found.span.line if found.span else None,
        "column": found.span.column if found.span else None,
        "width": found.span.width if found.span else None,
        "reason": found.reason or None,
        "help": found.help or None,
        "diff": found.detail or None,
    }
    return {key: value for key, value in entry.items() if value is not None}
