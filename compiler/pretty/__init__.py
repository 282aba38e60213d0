"""Diagnostics as text, JSON or annotations: pure functions from values to lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from compiler.diagnostics import Diagnostic
from compiler.pretty import as_github, as_json, as_text
from compiler.pretty.conceal import conceal

Format = Literal["text", "json", "github"]


def show(
    findings: Sequence[Diagnostic], spec: str, lines: Sequence[str], form: Format, *, colour: bool
) -> str:
    """All findings in one form; `spec` and `lines` are the name and the text of the spec."""
    findings = [replace(one, message=conceal(one.message), help=conceal(one.help)) for one in findings]
    if form == "json":
        return as_json.show(findings, spec)
    if form == "github":
        return as_github.show(findings, spec)
    return as_text.show(findings, spec, lines, colour=colour)
