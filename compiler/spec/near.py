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


def nearest(text: object, choices: Iterable[str], cutoff: float = 0.6) -> list[str]:
    """The nearest choice, and those that are as near; or else those of whose words the text is one."""
    known = list(islice(choices, _MOST))
    ranked = list(_ranked(text, known, cutoff))
    if not ranked:
        return [one for one in known if str(text).lower() in re.split(r"[-_.]", one.lower())][:3]
    return [word for score, word in ranked if score >= ranked[0][0] - 0.01][:3]


def certain(text: object, choices: Iterable[str]) -> str | None:
    """The one choice that a misspelt text is meant to be, beyond doubt.

    Numbers in names tell things apart, so a choice with other digits is never certain.
    """
    folded = [one for one in islice(choices, _MOST) if _folded(one) == _folded(text)]
    if len(folded) == 1:
        return folded[0]
    ranked = [*_ranked(text, choices, _CERTAIN - _APART)]
    if not ranked or ranked[0][0] < _CERTAIN or _digits(ranked[0][1]) != _digits(text):
        return None
    alone = len(ranked) == 1 or ranked[1][0] < ranked[0][0] - _APART
    return ranked[0][1] if alone else None


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


def _digits(text: object) -> str:
    return "".join(sign for sign in str(text) if sign.isdigit())
