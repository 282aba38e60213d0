"""Diagnostics for a person at a terminal: what, where with the line itself, why, and what to write
instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic, Edit, Related, Span
from compiler.pretty.excerpt import excerpt
from compiler.pretty.pasted import hidden_from
from compiler.pretty.visible import visible, visible_word

_COLOURS = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;32m",
    "place": "\x1b[1;34m",
    "bold": "\x1b[1m",
}
_RESET = "\x1b[0m"
_SEVERITIES = ("error", "warning", "note")


def show(
    findings: Sequence[Diagnostic],
    spec: str,
    lines: Sequence[str],
    *,
    colour: bool,
    mending: str = "dncompile fix",
) -> str:
    """Each finding, and a count at the end with the command that mends some."""
    if not findings:
        return ""
    page = _Page(visible_word(spec), lines, hidden_from(findings, lines), colour)
    return "\n".join([*map(page.block, findings), _summary(findings, mending), ""])


def _summary(findings: Sequence[Diagnostic], mending: str) -> str:
    counts = [(sum(one.severity == word for one in findings), word) for word in _SEVERITIES]
    said = ", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts if count)
    mended = sum(bool(one.edits) for one in findings)
    return f"{said} ({visible_word(mending)} mends {mended})" if mended else said


@dataclass(frozen=True, slots=True)
class _Page:
    spec: str
    lines: Sequence[str]
    hidden: Mapping[int, int]
    colour: bool

    def block(self, found: Diagnostic) -> str:
        """One finding with its related places."""
        head = self.paint(f"{found.severity}[{visible_word(found.code)}]", found.severity)
        message, *more = visible(found.message).split("\n")
        block = [f"{head}: {self.paint(message, 'bold')}", *(f"    {line}" for line in more)]
        if found.file is not None:
            block.append(self.paint(f"  --> {visible_word(found.file)}", "place"))
        elif found.span is not None:
            block += self.place(found.span, found.severity, short=False)
        block += [*_remark("why", found.reason), *_remark("help", found.help)]
        block += [line for one in _untold(found) for line in _remark("help", one)]
        block += [line for one in found.related for line in self.related(one)]
        block += ["", visible(found.detail.rstrip("\n"))] if found.detail else []
        return "\n".join([*block, ""])

    def related(self, other: Related) -> list[str]:
        """Another place that the finding is about."""
        if other.span is None:
            return _remark("note", other.message)
        head = self.paint("note", "note")
        message = visible(other.message).replace("\n", "\n    ")
        return [f"{head}: {message}", *self.place(other.span, "note", short=True)]

    def place(self, span: Span, severity: str, *, short: bool) -> Iterator[str]:
        """Where it is, and the line with a mark below what is meant."""
        yield self.paint(f"  --> {self.spec}:{span.line}:{span.column}", "place")
        if not 0 < span.line <= len(self.lines):
            return
        shown = excerpt(self.lines[span.line - 1], span.column, span.width, self.hidden.get(span.line))
        if shown is None:
            return
        number = str(span.line)
        bar = " " * len(number)
        if not short:
            yield f" {bar} |"
        yield f" {number} | {shown.text}"
        yield f" {bar} | {' ' * shown.indent}{self.paint('^' * shown.marked, severity)}"

    def paint(self, text: str, style: str) -> str:
        """Text in a colour, on a terminal."""
        return f"{_COLOURS[style]}{text}{_RESET}" if self.colour else text


def _remark(word: str, text: str) -> list[str]:
    if not text:
        return []
    first, *more = visible(text).split("\n")
    return [f"   = {word}: {first}", *(f"     {' ' * len(word)}  {line}" for line in more)]


def _untold(found: Diagnostic) -> Iterator[str]:
    """What the edits of a finding do, where its help does not say it."""
    for edit in found.edits:
        if edit.text is None:
            told = "" if found.help else "take it away"
        else:
            told = "" if edit.text.strip("'\"") in found.help else f"write `{edit.text}` instead"
        if told:
            yield f"{_elsewhere(found, edit)}{told}"


def _elsewhere(found: Diagnostic, edit: Edit) -> str:
    if edit.span is None or edit.span == found.span:
        return ""
    return f"on line {edit.span.line}: "
