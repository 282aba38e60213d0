"""Words that are near to another: what a misspelt key, value or name may be meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

_CERTAIN = 0.75
_APART = 0.1  # a runner-up as near as this makes it a guess
# Nobody's word is longer, and no list that helps is: both keep a hostile spec cheap.
_LONGEST = 60
_MOST = 200
_SHORT, _LONG, _TWO = 3, 6, 2  # letters of words in which none, one and two of them may be slips


def nearest(text: object, choices: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """The nearest choice, and those that are as near; or else those of whose words the text is one."""
    known = list(islice(choices, _MOST))
    ranked = list(_ranked(text, known, cutoff))
    if not ranked:
        return [one for one in known if str(text).lower() in re.split(r"[-_.]", one.lower())][:3]
    return [word for score, word in ranked if score >= ranked[0][0] - 0.01][:3]


def certain(text: object, choices: Iterable[str]) -> str | None:
    """The one choice that a misspelt text is meant to be, beyond doubt.

    Numbers in names tell things apart, so a choice with other ones is never certain.
    """
    folded = [one for one in islice(choices, _MOST) if _folded(one) == _folded(text)]
    if len(folded) == 1:
        return folded[0]
    ranked = [*_ranked(text, choices, _CERTAIN - _APART)]
    if not ranked or ranked[0][0] < _CERTAIN or _marks(ranked[0][1]) != _marks(text):
        return None
    alone = len(ranked) == 1 or ranked[1][0] < ranked[0][0] - _APART
    return ranked[0][1] if alone else None


def slips(text: object, choices: Iterable[str]) -> list[str]:
    """The choices of which the text is a slip of the fingers, the nearest first.

    One letter wrong, missing, added or moved in a short word, two in a longer one; and a name with other
    numbers, or with another letter that stands alone, is a name for something else (l40s is no l4).
    """
    word = str(text)[:_LONGEST].lower()
    near = [(_distance(word, one.lower()), one) for one in islice(choices, _MOST) if _comparable(word, one)]
    room = 0 if len(word) < _SHORT else 1 if len(word) < _LONG else 2
    found = sorted((one for one in near if one[0] <= room), key=lambda one: one[0])
    return [one for distance, one in found if distance == found[0][0]][:3]


def _comparable(word: str, choice: str) -> bool:
    same = _folded(word) == _folded(choice)
    return bool(word) and abs(len(word) - len(choice)) <= _TWO and (same or _marks(word) == _marks(choice))


def _distance(one: str, other: str) -> int:
    """Letters to change, add, leave out or swap with the next, to make one word of the other, up to two."""
    if _folded(one) == _folded(other):
        return 0
    far = _TWO + 1
    before: list[int] = [far] * (len(other) + 1)
    last: list[int] = [*range(len(other) + 1)]
    for row, sign in enumerate(one, start=1):
        line = [row, *[far] * len(other)]
        for column in range(max(1, row - _TWO), min(len(other), row + _TWO) + 1):
            cost = min(last[column] + 1, line[column - 1] + 1, last[column - 1] + (sign != other[column - 1]))
            swapped = row > 1 and column > 1 and one[row - 2 : row] == other[column - 2 : column][::-1]
            line[column] = min(cost, before[column - 2] + 1) if swapped else cost
        before, last = last, line
    return last[-1]


def by_nearness(text: object, choices: Iterable[str]) -> list[str]:
    """The choices, the nearest first."""
    return [word for _, word in _ranked(text, choices, 0)]


def asked(words: Iterable[str]) -> str:
    """The question for an operator: did you mean one of these?"""
    return f"did you mean {' or '.join(f'`{word}`' for word in words)}?"


def _ranked(text: object, choices: Iterable[str], cutoff: float) -> Iterator[tuple[float, str]]:
    """Choices by how alike they are, the best first; of equal ones, in their order."""
    import difflib  # noqa: PLC0415 - a good spec has nothing misspelt

    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(str(text)[:_LONGEST].lower())
    found = []
    for choice in islice(choices, _MOST):
        matcher.set_seq1(choice.lower())
        if matcher.real_quick_ratio() >= cutoff and matcher.quick_ratio() >= cutoff:
            found.append((matcher.ratio(), choice))
    yield from sorted((one for one in found if one[0] >= cutoff), key=lambda one: -one[0])


def _folded(text: object) -> str:
    return "".join(sign for sign in str(text)[:_LONGEST].lower() if sign.isalnum())


def _marks(text: object) -> list[str]:
    """The parts of a name that tell it from its like: those with a digit, and letters that stand alone."""
    parts = re.split(r"[^a-z0-9]+", str(text)[:_LONGEST].lower())
    return sorted(one for one in parts if len(one) == 1 or any(sign.isdigit() for sign in one))
