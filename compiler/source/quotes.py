"""Quotes that are not closed where they should be: libyaml reads on to the next one, keys and all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from compiler.diagnostics import Diagnostic, Span
from compiler.source import codes

if TYPE_CHECKING:
    import yaml

OPEN = "DN018"
_DASHES = re.compile(r" *(?:- +)*")
_ENTRY = re.compile(r" *(?:-(?=\s|\Z)|(?:[\w.-]+|\"[^\"]*\"|'[^']*'):(?=\s|\Z))")


def swallowed(event: yaml.ScalarEvent, lines: tuple[str, ...]) -> Diagnostic | None:
    """The finding for a quoted text that goes over lines and takes keys or items for a part of it."""
    start, end = event.start_mark, event.end_mark
    if event.style not in ("'", '"') or start is None or end is None or start.line == end.line:
        return None
    key = first_key(lines, start.line + 1, end.line + 1)
    if key is None:
        return None
    return codes.open_quote(
        Span(start.line + 1, start.column + 1), Span(end.line + 1, max(1, end.column)), key
    )


def first_key(lines: tuple[str, ...], opened: int, last: int) -> Span | None:
    """Where, in a quoted text from line `opened` to line `last`, something stands that looks like an entry.

    YAML 1.2.2 (section 7.3, flow lines) wants the lines of a quoted text indented deeper than its key;
    libyaml does not. So what looks like a key and is not deeper was never meant as text.
    """
    head = _DASHES.match(lines[opened - 1])
    depth = head.end() if head else 0
    for number in range(opened + 1, last + 1):
        line = lines[number - 1]
        indented = len(line) - len(line.lstrip(" "))
        if indented <= depth and _ENTRY.match(line):
            return Span(number, indented + 1)
    return None


def explained(trouble: Diagnostic, findings: list[Diagnostic]) -> bool:
    """Whether a quote that was found open is why libyaml stumbled: it did where that quote ends."""
    opened = findings[-1] if findings and findings[-1].code == OPEN else None
    if opened is None:
        return False
    places = [trouble.span, *(one.span for one in trouble.related)]
    closed = opened.related[-1].span
    return closed is not None and closed.line in {place.line for place in places if place}
