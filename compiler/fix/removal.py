"""Taking an entry away: its lines and what is written below it, or its part of a line.

Comments above it stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.fix.layout import Entry, Layout, Node

_DASH = re.compile(r"-[ \t]*\Z")


class Refused(Exception):
    """The edit is not made; says why."""


class Absent(Refused):
    """The place is not in the text; it may be once another edit has put its key right."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """The characters from `start` up to `end` become `text`."""

    start: int
    end: int
    text: str


def removal(layout: Layout, entry: Entry) -> tuple[Replacement, ...]:
    """The changes of the text that take the entry away.

    Raises:
        Refused: what would be left is not certain to mean the rest.
    """
    if entry.parent.kind == "flow":
        return (_from_brackets(layout, entry),)
    begin = _begin(layout, entry)
    if layout.text[layout.line_start(begin) : begin].strip():
        return (_behind_a_dash(layout, entry, begin),)
    lines = _lines(layout, begin, entry.finish)
    return (lines,) if len(entry.parent.entries) > 1 else (_emptied(layout, entry.parent), lines)


def _begin(layout: Layout, entry: Entry) -> int:
    """The start of the key, or the dash of the item."""
    if entry.key is not None:
        return entry.begin
    start = layout.line_start(entry.begin)
    dash = _DASH.search(layout.text[start : entry.begin])
    if dash is None:
        raise Refused("its dash stands on another line")
    return start + dash.start()


def _lines(layout: Layout, begin: int, finish: int) -> Replacement:
    start, end = layout.line_start(begin), layout.line_end(finish)
    if end < len(layout.text):
        return Replacement(start, end + 1, "")
    kept = layout.text[:start].removesuffix("\n").removesuffix("\r")
    return Replacement(len(kept), end, "")


def _emptied(layout: Layout, parent: Node) -> Replacement:
    """What stands for a block whose only entry goes."""
    holder = parent.holder
    if holder is None or holder.key is None:
        raise Refused("it is the only entry")
    if parent.anchor is not None:
        at = parent.start
    else:
        colon = layout.text.find(":", holder.key.end)
        at = colon + 1
    return Replacement(at, at, " {}" if parent.mapping else " []")


def _behind_a_dash(layout: Layout, entry: Entry, begin: int) -> Replacement:
    """The first entry of a block that starts on the line of another list's dash: that dash stays."""
    siblings = entry.parent.entries
    if siblings[0] is not entry:
        raise Refused("something else stands before it on its line")
    if len(siblings) == 1:
        return Replacement(begin, entry.finish, "{}" if entry.parent.mapping else "[]")
    after = _begin(layout, siblings[1])
    if "#" in layout.text[entry.finish : after]:
        raise Refused("a comment stands between it and the next entry")
    return Replacement(begin, after, "")


def _from_brackets(layout: Layout, entry: Entry) -> Replacement:
    siblings, text = entry.parent.entries, layout.text
    index = next(number for number, one in enumerate(siblings) if one is entry)
    if index + 1 < len(siblings):
        return _with_comma_behind(text, entry, siblings[index + 1])
    if index > 0:
        before = siblings[index - 1].finish
        start = entry.begin if "#" in text[before : entry.begin] else before
        return Replacement(start, entry.finish, "")
    inside = (entry.parent.start + 1, entry.parent.end - 1)
    if "#" in text[inside[0] : entry.begin] + text[entry.finish : inside[1]]:
        raise Refused("a comment stands beside it in its brackets")
    return Replacement(*inside, "")


def _with_comma_behind(text: str, entry: Entry, following: Entry) -> Replacement:
    """Up to the next entry; a comment between the two may be about that one, and stays."""
    gap = text[entry.finish : following.begin]
    if "#" not in gap:
        return Replacement(entry.begin, following.begin, "")
    return Replacement(entry.begin, entry.finish + gap.index(",") + 1, "")
