"""Diagnostics as annotations of a GitHub workflow (workflow commands `::error`, `::warning`, `::notice`)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Related
from compiler.pretty.visible import numbered

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
# What would steer the log's viewer, or cannot be written as UTF-8; line ends are escaped below.
_STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


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
        *(_related(one, spec) for one in found.related),
        found.detail,
    ]
    said = "\n".join(part for part in parts if part)
    return f"::{_COMMANDS[found.severity]} {','.join(where)}::{_data(numbered(said))}"


def _related(other: Related, spec: str) -> str:
    where = f" ({spec}:{other.span.line}:{other.span.column})" if other.span else ""
    return f"note: {other.message}{where}"


def _data(text: str) -> str:
    text = _STEERING.sub("\ufffd", text)
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
