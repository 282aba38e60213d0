"""Which line is indented wrongly, or lacks the blank or the colon after its key: found by trying.

libyaml notices such a fault one line later, or at the next key of an outer mapping, and names an ancestor.
The line that is meant is the one with which the lines around can be read once it is mended; a few lines are
tried and a few ways to mend each.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.source import codes

_AHEAD = 40  # lines after the one where it was noticed, which a mend must leave readable
_LARGEST = 24 * 1024  # characters that are tried, more than the first spec has: it takes a part of a second
_MOST = 8  # depths that are tried for one line
_ENTRY = re.compile(r" *((?:- +)*)(?:([\w.-]+|\"[^\"]*\"|'[^']*'):(?=\s|\Z)|(?=-(?:\s|\Z)))")
_NO_BLANK = re.compile(r"( *(?:- +)*)([A-Za-z_][\w.-]*):(?!//)([^ \t\r].*)")
_NO_COLON = re.compile(r"( *)([A-Za-z_][\w.-]*)(?:[ \t]+([^\s:#][^:#]*))?\r?\Z")
_BLOCK = re.compile(r":[ \t]+[|>][-+0-9]*\s*\Z")
_READ = 1 << 30  # a line after every other


@dataclass(frozen=True, slots=True)
class _Mend:
    """A line as it was meant, and how far the file can then be read."""

    line: int
    depth: int
    reach: int


class _Around:
    """The lines around the place where it was noticed, from a line at the left margin on."""

    def __init__(self, lines: tuple[str, ...], noticed: int) -> None:
        self.lines = lines
        self.noticed = noticed
        self.above = next((number for number in range(noticed - 1, 0, -1) if _counts(lines[number - 1])), 0)
        tops = (number for number in range(self.above - 1, 0, -1) if _depth(lines[number - 1]) == 0)
        self.first = next((number for number in tops if _counts(lines[number - 1])), 1)
        self.last = min(len(lines), noticed + _AHEAD)
        self.small = sum(len(line) + 1 for line in lines[self.first - 1 : self.last]) <= _LARGEST
        near = self.rows(range(self.first, self.last + 1)) if self.small else ()
        self.counts = Counter(_depth(self.line(number)) for number in near)

    def line(self, number: int) -> str:
        return self.lines[number - 1]

    def rows(self, numbers: range) -> Iterator[int]:
        """Those of the lines that are neither empty nor a comment."""
        return (number for number in numbers if _counts(self.line(number)))

    def reach(self, number: int, text: str) -> int:
        """The line up to which the file can be read with another text for one of its lines."""
        import yaml  # noqa: PLC0415 - only where something is wrong

        tried = [*self.lines[self.first - 1 : number - 1], text, *self.lines[number : self.last]]
        try:
            for _ in yaml.parse("\n".join(tried), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
                pass
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            return self.first + (mark.line if mark is not None else 0)
        return _READ

    def enough(self) -> int:
        """A mend must lead beyond this line: the next one would be noticed instead."""
        return next(self.rows(range(self.noticed + 1, self.last + 1)), self.noticed)

    def candidates(self) -> list[int]:
        """The line itself, the one above, the one that begins the block that it fell out of, and the one
        before that.
        """
        head, least = 0, _depth(self.line(self.noticed))
        found = [self.noticed, self.above]
        for number in self.rows(range(self.noticed - 1, self.first - 1, -1)):
            if _depth(self.line(number)) <= least:
                found += [head, number]
                break
            head = number
        return list(dict.fromkeys(number for number in found if number))

    def begins_text(self, number: int) -> bool:
        """Whether the line is the first of a text with | or >, which says how deep the text is."""
        before = next(self.rows(range(number - 1, self.first - 1, -1)), 0)
        return bool(before and _BLOCK.search(self.line(before)))

    def depths(self, *, entries: bool) -> list[int]:
        """The indentations of the lines near by, the nearest first; of `entries`, those of keys after a dash
        too.
        """
        near = range(self.first, min(self.last, self.noticed + 2) + 1)
        found: dict[int, None] = {}
        for number in sorted(self.rows(near), key=lambda number: abs(number - self.noticed)):
            line = self.line(number)
            entry = _ENTRY.match(line)
            if entry or not entries:
                found.setdefault(_depth(line))
            if entry and entry[1] and entries:
                found.setdefault(_depth(line) + len(entry[1]))
        return list(found)[:_MOST]


def mended(lines: tuple[str, ...], noticed: int) -> Diagnostic | None:
    """The finding at the line that is really wrong, if one change to one line lets the file be read on."""
    around = _Around(lines, noticed)
    if not around.small:
        return None
    return _no_blank(around) or _no_colon(around) or _indented(around)


def _no_blank(around: _Around) -> Diagnostic | None:
    for number in filter(None, (around.noticed, around.above)):
        found = _NO_BLANK.match(around.line(number))
        entry = _entry(found[2], found[3]) if found else ""
        if found and around.reach(number, found[1] + entry) > around.enough():
            return codes.not_yaml(
                "no blank stands after the colon",
                Span(number, len(found[1]) + 1, len(found[2]) + 1),
                f"write `{_shown(found[2], entry)}`, with a blank after the colon",
            )
    return None


def _no_colon(around: _Around) -> Diagnostic | None:
    line = around.line(around.above) if around.above else ""
    found = _NO_COLON.match(line)
    deeper = _depth(around.line(around.noticed)) - _depth(line)
    if not found or (deeper < 0 if found[3] is None else deeper != 0):
        return None
    entry = _entry(found[2], found[3] or "")
    if around.reach(around.above, found[1] + entry) <= around.enough():
        return None
    return codes.not_yaml(
        "no colon stands after this key",
        Span(around.above, len(found[1]) + 1, len(found[2])),
        f"write `{_shown(found[2], entry)}`",
    )


def _entry(key: str, value: str) -> str:
    return f"{key}: {value.strip()}".rstrip()


def _shown(key: str, entry: str) -> str:
    """The entry as it was meant; beside the name of a secret no value is repeated."""
    return f"{key}: …" if codes.holds_secret((key,)) else codes.short(entry)


def _indented(around: _Around) -> Diagnostic | None:
    best = min(_mends(around), key=lambda mend: _rank(around, mend), default=None)
    if best is None:
        return None
    like = _sibling(around, best)
    entry = like and _ENTRY.match(around.line(like))
    name = f"`{codes.short(entry[2])}`" if entry and entry[2] else "the item"
    return codes.not_yaml(
        "this line is indented otherwise than its neighbours",
        Span(best.line, _depth(around.line(best.line)) + 1),
        _blanks(best.depth) + (f", like {name} on line {like}" if like else ""),
        Related(f"it belongs beside {name}", span=Span(like, best.depth + 1)) if like else None,
    )


def _blanks(depth: int) -> str:
    if not depth:
        return "start it at the left margin"
    return f"indent it by {depth} blank{'s' if depth > 1 else ''}"


def _mends(around: _Around) -> Iterator[_Mend]:
    named = bool(_ENTRY.match(around.line(around.noticed)))
    for number in around.candidates():
        line = around.line(number)
        entry = named and bool(_ENTRY.match(line))
        for depth in around.depths(entries=entry) if entry or around.begins_text(number) else ():
            if depth != _depth(line):
                reach = around.reach(number, " " * depth + line.lstrip(" "))
                if reach > around.enough():
                    yield _Mend(number, depth, reach)


def _rank(around: _Around, mend: _Mend) -> tuple[int, int, bool, int, int, bool, bool]:
    """The best is least: it reads furthest, moves the line least, to where others begin, an even number of
    blanks; a line that stands out among two that are alike, or else one beside the line above.
    """
    alike = around.counts[mend.depth]
    moved = abs(_depth(around.line(mend.line)) - mend.depth)
    before = next(around.rows(range(mend.line - 1, around.first - 1, -1)), mend.line)
    after = next(around.rows(range(mend.line + 1, around.last + 1)), mend.line)
    between = sum(_depth(around.line(number)) == mend.depth for number in {before, after} - {mend.line})
    beside = mend.depth != _depth(around.line(around.above))
    return -mend.reach, moved, alike < 2, mend.depth % 2, -between, mend.line == around.noticed, beside


def _sibling(around: _Around, mend: _Mend) -> int:
    """The nearest line of the same block, above or else below; 0 where it is the only one."""
    for numbers in (range(mend.line - 1, around.first - 1, -1), range(mend.line + 1, around.last + 1)):
        for number in around.rows(numbers):
            line = around.line(number)
            entry = _ENTRY.match(line)
            if entry and mend.depth in (_depth(line), _depth(line) + len(entry[1])):
                return number
            if _depth(line) < mend.depth:
                break
    return 0


def _counts(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.startswith("#")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
