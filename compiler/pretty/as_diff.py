"""What `dncompile fix` shows: the edits as a unified diff, and in words what they mend and what stays."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from compiler.diagnostics import Diagnostic, errors
from compiler.fix import Mended
from compiler.pretty import as_text
from compiler.pretty.conceal import conceal, conceal_from, concealed
from compiler.pretty.pasted import hidden_from
from compiler.pretty.visible import tame, visible_word


def diff(mended: Mended, name: str) -> str:
    """The unified diff of the spec, with no secret in it; a diff that shows none can be applied as it is."""
    name = visible_word(name).lstrip("/")
    hidden = _hidden(mended)
    old, new = (_lines(state.document.lines, hidden) for state in (mended.before, mended.after))
    return "".join(_ended(line) for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"))


def told(mended: Mended, name: str, *, written: bool) -> str:
    """What is mended, what cannot be and why, and what waits for the next run."""
    before, after = (state.document.lines for state in (mended.before, mended.after))
    dropped = concealed([one for one, _ in mended.dropped], before)
    lines = [f"mends {_where(one, name)}" for one in concealed(mended.done, before)]
    lines += [
        f"cannot mend {_where(one, name)}: {why}"
        for one, (_, why) in zip(dropped, mended.dropped, strict=True)
    ]
    lines += [f"waits for the next run: {_where(one, name)}" for one in concealed(mended.waiting, after)]
    return "\n".join([*lines, _outcome(mended, name, written=written), ""])


def left(mended: Mended, name: str, *, colour: bool) -> str:
    """The findings that remain; their lines are those of the mended spec."""
    lines = mended.after.document.lines
    findings = [replace(one, edits=()) for one in concealed(mended.after.findings, lines)]
    return as_text.show(findings, name, lines, colour=colour)


def _outcome(mended: Mended, name: str, *, written: bool) -> str:
    name, count = visible_word(name), len(mended.done)
    if not mended.changed:
        return f"{name}: nothing to mend" if not mended.after.findings else f"{name}: no edit is certain"
    said, stay = f"{count} finding{'' if count == 1 else 's'}", len(mended.after.findings)
    if written:
        return f"{name}: {said} mended{f', {stay} left' if stay else ''}"
    return f"{name}: {said} to mend{f', {stay} would be left' if stay else ''}; --apply writes the edits"


def remains(mended: Mended) -> bool:
    """Whether errors stay when the edits are made."""
    return bool(errors(mended.after.findings))


def _where(found: Diagnostic, name: str) -> str:
    place = f" {visible_word(name)}:{found.span.line}:{found.span.column}" if found.span else ""
    return f"{found.severity}[{found.code}]{place}: {visible_word(found.message)}"


def _hidden(mended: Mended) -> Mapping[str, int]:
    """The lines with a pasted secret, by their text: a line that an edit has moved shows it no more."""
    hidden: dict[str, int] = {}
    for state in (mended.before, mended.after):
        lines = state.document.lines
        for number, column in hidden_from(state.findings, lines).items():
            hidden[lines[number - 1]] = min(column, hidden.get(lines[number - 1], column))
    return hidden


def _lines(lines: Sequence[str], hidden: Mapping[str, int]) -> list[str]:
    shown = [conceal_from(line, hidden[line]) if line in hidden else _shown(line) for line in lines]
    *whole, last = shown
    return [*(f"{line}\n" for line in whole), *([last] if last else [])]


def _shown(line: str) -> str:
    """A line without its secrets; the carriage return of its end belongs to the file."""
    bare = line.removesuffix("\r")
    return tame(conceal(bare)) + line[len(bare) :]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
