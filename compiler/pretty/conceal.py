"""No secret reaches a terminal or a CI log: what may be one is blotted out of messages and excerpts.

Two ways a secret gets into a spec: pasted where a reference belongs (the finding says so), or pasted anywhere
(then it is known by its shape: a long run of letters and digits, or a UUID).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from compiler.diagnostics import Diagnostic
from compiler.secret_shapes import may_be_secrets_in, names_secret

BLOT = "•••"
_ENTRY = re.compile(r"(?<![A-Za-z0-9_-])([A-Za-z0-9_-]{1,80})[\"']?\s{0,8}:\s{1,8}(?=[^\s#])")
# What may stand beside a secret's name: where it is kept, or which fact a variable holds.
_REFERENCE = re.compile(r"[\"']?(?:ssm:/|file:/|(?:base_url|chat_url|models_url|model|api_key)\s*[,}]?\s*$)")


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


def hidden_from(findings: Iterable[Diagnostic], lines: Sequence[str]) -> Mapping[int, int]:
    """For each line of the spec that a secret was pasted into, the column where it begins.

    No finding shows what another has found to be a secret. One of several lines goes on while these are
    indented deeper.
    """
    hidden: dict[int, int] = {}
    for found in findings:
        if found.secret and found.span is not None and found.file is None:
            first = found.span.line
            places = {first: found.span.column, **dict.fromkeys(_continued(lines, first), 1)}
            for line, column in places.items():
                hidden[line] = min(column, hidden.get(line, column))
    for line, column in _named(lines):
        hidden[line] = min(column, hidden.get(line, column))
    return {line: column for line, column in hidden.items() if 0 < line <= len(lines)}


def _named(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Each line with a value that is no reference beside a secret's name, and where it begins."""
    for number, line in enumerate(lines, start=1):
        for found in _ENTRY.finditer(line):
            if names_secret(found[1]) and not _REFERENCE.match(line, found.end()):
                yield number, found.end() + 1
                break


def _continued(lines: Sequence[str], first: int) -> Iterator[int]:
    """The lines below `first` that are indented deeper."""
    depth = _depth(lines[first - 1]) if 0 < first <= len(lines) else 0
    for number, line in enumerate(lines[first:], start=first + 1):
        if line.strip() and _depth(line) <= depth:
            return
        yield number


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))


def concealed(found: Diagnostic) -> Diagnostic:
    """A finding whose words show no secret; an edit that would write one is not offered."""
    certain = not any(one.text and (found.secret or conceal(one.text) != one.text) for one in found.edits)
    return replace(
        found,
        message=conceal(found.message),
        reason=conceal(found.reason),
        help=conceal(found.help),
        detail=conceal(found.detail),
        related=tuple(replace(one, message=conceal(one.message)) for one in found.related),
        edits=found.edits if certain else (),
    )
