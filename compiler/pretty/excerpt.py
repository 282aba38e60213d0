"""One line of the spec and the mark below it: cut to a width around the mark, with no secret in it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate

from compiler.pretty.pasted import BLOT
from compiler.pretty.visible import visible, width
from compiler.secret_shapes import may_be_secrets_in

WIDEST = 160
_CUT = "…"
# A token that is cut at the far end of this would still be long enough to be known as one.
_REACH = 1000
_BEFORE = 60


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What is shown of a line; `indent` and `marked` are columns of a terminal."""

    text: str
    indent: int
    marked: int


def excerpt(line: str, column: int, wide: int, hidden: int | None = None) -> Excerpt | None:
    """The part of a line around `column`, of which `wide` characters are marked; none beside the line.

    Args:
        line: the whole line.
        column: where the mark starts, from 1.
        wide: how many characters are meant.
        hidden: the column from which a secret stands here.
    """
    line = line.rstrip("\r")
    if not 0 < column <= len(line) + 1:
        return None
    first = max(0, column - 1 - _REACH)
    piece = line[first : column - 1 + _REACH]
    cells = _cells(piece, None if hidden is None else max(0, hidden - 1 - first))
    mark = column - 1 - first
    end = min(len(cells), mark + max(1, wide))
    while 0 < mark < len(cells) and not cells[mark]:
        mark -= 1  # into a blot: its start
    start, stop = _window(cells, mark, whole=len(piece) == len(line))
    before = _CUT if first + start > 0 else ""
    after = _CUT if first + stop < len(line) and any(cells[stop:]) else ""
    text = before + "".join(cells[start:stop]) + after
    return Excerpt(text, len(before) + _wide(cells[start:mark]), max(1, _wide(cells[mark : min(end, stop)])))


def _cells(piece: str, hidden: int | None) -> list[str]:
    """What is shown for each character: itself, a sign for it, or a blot at the start of a secret."""
    cells = [visible(char).replace("\t", " ") for char in piece]
    blots = [*may_be_secrets_in(piece)]
    if hidden is not None and hidden <= len(piece):
        blots.append((hidden, max(len(piece), hidden + 1)))
    for start, end in blots:
        cells[start:end] = [BLOT, *[""] * (end - start - 1)]
    return cells


def _window(cells: list[str], mark: int, *, whole: bool) -> tuple[int, int]:
    """Which cells are shown: all of them if they fit, else those around the mark."""
    widths = [_wide([cell]) for cell in cells]
    if whole and sum(widths) <= WIDEST:
        return 0, len(cells)
    room, start = WIDEST - 2 * len(_CUT), 0
    if sum(widths[: mark + 1]) > room - _BEFORE:
        before = list(accumulate(reversed(widths[:mark])))
        start = mark - sum(one <= _BEFORE for one in before)
    shown = sum(one <= room for one in accumulate(widths[start:]))
    return start, start + shown


def _wide(cells: list[str]) -> int:
    return sum(width(char) for cell in cells for char in cell)
