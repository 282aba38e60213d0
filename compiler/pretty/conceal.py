"""No secret reaches a terminal or a CI log: what may be one is blotted out of messages and excerpts.

Three ways to know one: the finding says that it is about one, the name before it says so (`pasted`), or it
has the shape of one: a long run of letters and digits, or a UUID.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from compiler.diagnostics import Diagnostic
from compiler.pretty.pasted import BLOT, Tokens, hidden_from
from compiler.secret_shapes import may_be_secrets_in
from compiler.spec.path import SpecPath

_RENEW = "renew it if it was real"
_MASKED = f"what is shown as {BLOT} may be a secret: {_RENEW}"
_REACH = 1000  # characters around a place that its excerpt may show
# Not only a key, whose value is missing or stands below; nor an empty value.
_HOLDS = re.compile(r"[^\s:\"'#][^:]*\Z|:\s*[^\s#]")
_NAMES_A_PLACE = re.compile(r"[\"']?(?:ssm|file):/")


def conceal(text: str) -> str:
    """`text` with everything blotted out that has the shape of a token."""
    shown, last = [], 0
    for start, end in may_be_secrets_in(text):
        shown += [text[last:start], BLOT]
        last = end
    return "".join([*shown, text[last:]]) if shown else text


def conceal_from(line: str, column: int) -> str:
    """A line of the spec up to `column` (from 1); what follows is a secret that was pasted there."""
    return line[: column - 1] + BLOT


def concealed(findings: Iterable[Diagnostic], lines: Sequence[str]) -> list[Diagnostic]:
    """Findings whose words show no secret of the spec, `lines`, wherever it was pasted.

    Where one stands in the file, the help says what is to be done beside taking it out.
    """
    findings = list(findings)
    hidden = hidden_from(findings, lines)
    tokens = Tokens(lines, hidden)
    return [_concealed(_with_renewal(one, lines, hidden), tokens) for one in findings]


def _with_renewal(found: Diagnostic, lines: Sequence[str], hidden: Mapping[int, int]) -> Diagnostic:
    """Whoever has read the file has it: what was real must be another."""
    span = found.span
    if span is None or found.file or not 0 < span.line <= len(lines) or "renew" in found.help:
        return found
    line = lines[span.line - 1]
    if not found.secret:
        around = line[max(0, span.column - 1 - _REACH) : span.column - 1 + _REACH]
        masked = span.line in hidden or any(True for _ in may_be_secrets_in(around))
        return replace(found, help=f"{found.help}\n{_MASKED}".strip()) if masked else found
    if _NAMES_A_PLACE.match(line, span.column - 1) or not _HOLDS.search(line, span.column - 1):
        return found
    first, *more = found.help.split("\n")
    return replace(found, help="\n".join([f"{first}; {_RENEW}" if first else _RENEW, *more]))


def _concealed(found: Diagnostic, tokens: Tokens) -> Diagnostic:
    """A finding whose words show no secret; an edit that would write one is not offered."""

    def hide(text: str) -> str:
        return conceal(tokens.blotted(found, text))

    def of(path: SpecPath) -> SpecPath:
        return tuple(hide(name) if isinstance(name, str) else name for name in path)

    certain = not any(
        one.text and (found.secret or tokens.covers(one.span) or hide(one.text) != one.text)
        for one in found.edits
    )
    return replace(
        found,
        message=hide(found.message),
        path=of(found.path),
        reason=hide(found.reason),
        help=hide(found.help),
        detail=hide(found.detail),
        related=tuple(replace(one, message=hide(one.message), path=of(one.path)) for one in found.related),
        edits=found.edits if certain else (),
    )
