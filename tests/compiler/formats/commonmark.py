"""What a line of a compiled page says, read by the rules of CommonMark 0.31 and GitHub's tables.

Not a renderer: it undoes escapes and code spans, and complains about anything that would be markup.
"""

from __future__ import annotations

import re

_PUNCTUATION = set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_BLOCK = re.compile(
    r" {0,3}(?:#{1,6}(?: |$)|>|[-+*](?: |$)|\d{1,9}[.)](?: |$)|(?:[-*_] *){3,}$|=+ *$|-+ *$|```|~~~|<)"
)
_MARKUP = frozenset("*_[]<>~&|!#{}")


class Markup(ValueError):
    """Something here is not plain text."""


def paragraph(line: str) -> str:
    """The text of a line that is a paragraph of its own."""
    if line.startswith("    ") or _BLOCK.match(line):
        raise Markup(f"opens a block: {line!r}")
    return inline(line).strip(" ")


def inline(line: str, markup: frozenset[str] = _MARKUP) -> str:
    """The text of a stretch of a line; code spans as their content."""
    found, at = "", 0
    while at < len(line):
        char = line[at]
        if char == "\\" and line[at + 1 : at + 2] in _PUNCTUATION and at + 1 < len(line):
            found, at = found + line[at + 1], at + 2
        elif char == "`":
            text, at = _code(line, at)
            found += text
        elif char in markup:
            raise Markup(f"{char!r} at {at} of {line!r}")
        else:
            found, at = found + char, at + 1
    return found


def cell(text: str) -> str:
    """The text of a cell, whose bars have been told from the table's own."""
    return inline(text, _MARKUP - {"|"})


def _code(line: str, at: int) -> tuple[str, int]:
    fence = re.match("`+", line[at:])
    assert fence is not None
    for other in re.finditer("`+", line[at + len(fence[0]) :]):
        if len(other[0]) == len(fence[0]):
            start = at + len(fence[0])
            text = line[start : start + other.start()]
            if text[:1] == text[-1:] == " " and text.strip(" "):
                text = text[1:-1]
            return text, start + other.end()
    raise Markup(f"a code span is open in {line!r}")


def row(line: str) -> list[str]:
    """The cells of a row of a table: split before anything else is read, as GitHub does."""
    cells = re.findall(r"((?:\\[!-/:-@\[-`{-~]|[^|])*)\|", line.removeprefix("|"))
    return [cell.replace("\\|", "|").strip(" ") for cell in cells]
