"""Whether a line of a text is another one after a change."""

from __future__ import annotations

import re
from difflib import SequenceMatcher


def moved(before: str, after: str, line: int, token: str = "") -> bool:
    """Whether the line with this number, from 1, was changed or taken away; with 0, anything of the text.

    Where the token stands in the line as a word, it must be gone from what is there now: another word of the
    line may well come from another leaf.
    """
    if line == 0 or before == after:
        return before != after
    old, new = before.split("\n"), after.split("\n")
    now = _now(old, new, line)
    if old[line - 1] in now:
        return False
    return not token or not is_word(token, old[line - 1]) or not any(is_word(token, one) for one in now)


def is_word(token: str, line: str) -> bool:
    """Whether a text stands in a line by itself, and not as a part of a longer word."""
    return re.search(rf"(?<![\w.-]){re.escape(token)}(?![\w.-])", line) is not None


def _now(old: list[str], new: list[str], line: int) -> list[str]:
    """What stands where the line stood."""
    if len(old) == len(new):
        return [new[line - 1]]
    for _, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if first < line <= last:
            return new[start:end]
    return []
