"""Diagnostics as text, JSON, SARIF or annotations: from values to lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from compiler.diagnostics import Diagnostic
from compiler.pretty import as_github, as_json, as_text
from compiler.pretty.conceal import concealed

Format = Literal["text", "json", "github", "sarif"]
# These are one document, also when there is nothing to say.
DOCUMENTS = ("json", "sarif")


def show(
    findings: Sequence[Diagnostic],
    spec: str,
    lines: Sequence[str],
    form: Format,
    *,
    colour: bool,
    titles: Mapping[str, str] | None = None,
    mending: str = "dncompile fix",
) -> str:
    """All findings in one form.

    Args:
        findings: what is shown, in this order.
        spec: the name of the spec.
        lines: its text.
        form: the form.
        colour: whether text may have colours.
        titles: what each code is about in general; only SARIF says it.
        mending: the command that makes the edits of this spec's findings; only text says it.
    """
    findings = concealed(findings, lines)
    if form == "json":
        return as_json.show(findings, spec, lines)
    if form == "sarif":
        from compiler.pretty import as_sarif  # noqa: PLC0415 - paid by this form alone

        return as_sarif.show(findings, spec, lines, titles=titles)
    if form == "github":
        return as_github.show(findings, spec)
    return as_text.show(findings, spec, lines, colour=colour, mending=mending)
