"""Diagnostics as annotations of a GitHub workflow (workflow commands `::error` and `::warning`)."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diagnostics import Diagnostic


def show(findings: Sequence[Diagnostic], spec: str) -> str:
    """One workflow command a finding."""
    return "".join(f"{_command(one, spec)}\n" for one in findings)


def _command(found: Diagnostic, spec: str) -> str:
    where = [f"file={_property(found.file or spec)}"]
    if found.span is not None:
        where.append(f"line={found.span.line},col={found.span.column}")
    where.append(f"title={_property(found.code)}")
    parts = [
        found.message,
        found.reason and f"why: {found.reason}",
        found.help and f"help: {found.help}",
        found.detail,
    ]
    return f"::{found.severity} {','.join(where)}::{_data(chr(10).join(part for part in parts if part))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
