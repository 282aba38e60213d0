"""Markdown pages, written by templates: a value is text, code or a cell, and never markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from compiler.formats.safe import Safe, Unsafe, one_line

CONTEXT = "markdown"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
# Before what would open a list, draw a rule or underline a heading at the start of a line.
_LINE_START = re.compile(r"\A(\d+(?=[.)](?: |\Z))|(?=[-+](?: |\Z)|--|=))")


def text(value: object) -> Safe:
    """Running text: every character that could be markup is escaped, and blanks around it are dropped."""
    plain = one_line(_spelled(value), "text of a page").strip(" ")
    return Safe(_LINE_START.sub(r"\1\\", _SPECIAL.sub(r"\\\1", plain)), CONTEXT)


def code(value: object) -> Safe:
    """A code span in running text; the fence is longer than any run of backticks inside."""
    return Safe(_span(one_line(_spelled(value), "code of a page")), CONTEXT)


def cell(value: object) -> Safe:
    """A code span in a cell of a table, where a `|` would end the cell."""
    plain = one_line(_spelled(value), "code of a cell")
    if "\\|" in plain:
        raise Unsafe(value, "code of a cell", "a table has no way to write a backslash before a |")
    return Safe(_span(plain.replace("|", "\\|")), CONTEXT)


def _span(plain: str) -> str:
    plain = plain or " "
    longest = max((len(run) for run in re.findall(r"`+", plain)), default=0)
    fence = "`" * (longest + 1)
    edges = plain[0] + plain[-1]
    pad = " " if plain.strip(" ") and ("`" in edges or edges == "  ") else ""
    return f"{fence}{pad}{plain}{pad}{fence}"


def _spelled(value: object) -> str | int | float:
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else str(value)


FILTERS: Mapping[str, Callable[[object], Safe]] = {"text": text, "code": code, "cell": cell}
