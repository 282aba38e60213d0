"""Diagnostics for a person at a terminal: what, where with the line itself, why, and what to write
instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.diagnostics import Diagnostic, Span, errors
from compiler.pretty.conceal import conceal, conceal_from

_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "place": "\x1b[1;34m", "bold": "\x1b[1m"}
_RESET = "\x1b[0m"
_LONGEST_LINE = 160


def show(findings: Sequence[Diagnostic], spec: str, lines: Sequence[str], *, colour: bool) -> str:
    """Each finding, and a count at the end."""
    if not findings:
        return ""
    blocks = [_block(one, spec, lines, colour=colour) for one in findings]
    return "\n".join([*blocks, _summary(findings), ""])


def _block(found: Diagnostic, spec: str, lines: Sequence[str], *, colour: bool) -> str:
    kind = _paint(f"{found.severity}[{found.code}]", found.severity, colour=colour)
    block = [f"{kind}: {_paint(found.message, 'bold', colour=colour)}"]
    if found.file is not None:
        block.append(_paint(f"  --> {found.file}", "place", colour=colour))
    elif found.span is not None:
        block += _excerpt(found, found.span, spec, lines, colour=colour)
    if found.reason:
        block.append(f"   = why: {found.reason}")
    if found.help:
        block.append(f"   = help: {found.help}")
    block += ["", found.detail.rstrip("\n")] if found.detail else []
    return "\n".join([*block, ""])


def _excerpt(found: Diagnostic, span: Span, spec: str, lines: Sequence[str], *, colour: bool) -> list[str]:
    head = _paint(f"  --> {spec}:{span.line}:{span.column}", "place", colour=colour)
    if not 0 < span.line <= len(lines):
        return [head]
    line = lines[span.line - 1].rstrip("\r")[:_LONGEST_LINE].replace("\t", " ")
    if span.column > len(line) + 1:
        return [head]
    line = conceal_from(line, span.column) if found.secret else conceal(line)
    number = str(span.line)
    bar = " " * len(number)
    mark = "^" * max(1, min(span.width, len(line) - span.column + 1))
    return [head, f" {bar} |", f" {number} | {line}", f" {bar} | {' ' * (span.column - 1)}{mark}"]


def _summary(findings: Sequence[Diagnostic]) -> str:
    bad = len(errors(findings))
    mild = len(findings) - bad
    counts = [
        f"{count} {word}{'' if count == 1 else 's'}"
        for count, word in ((bad, "error"), (mild, "warning"))
        if count
    ]
    return ", ".join(counts)


def _paint(text: str, style: str, *, colour: bool) -> str:
    return f"{_COLOURS[style]}{text}{_RESET}" if colour else text
