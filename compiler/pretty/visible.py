"""No character of a spec steers a terminal or stands there unseen: what cannot be seen gets a sign that can.

Control characters become their pictures of Unicode. What has no width, looks like a blank and is none, turns
the direction of text, breaks lines or is no character becomes its number, as in `<U+200B>`.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE = re.compile(r"[\t\n]")
_STEERING = re.compile("[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Beside what steers: Unicode's blanks (Zs), its characters of the category Cf and their like.
_UNSEEN = re.compile(
    "[\x80-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\udfff\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_PICTURES = 0x2400
_DELETE = "\u2421"


def visible(text: str) -> str:
    """Text of some lines: line feeds and tabs stay what they are."""
    return numbered(_CONTROL.sub(_picture, text))


def visible_word(text: str) -> str:
    """A name or message of one line."""
    return visible(_LINE.sub(_picture, text))


def numbered(text: str) -> str:
    """Text with the numbers of its characters that nobody can see; ASCII stays as it is."""
    return text if text.isascii() else _UNSEEN.sub(_number, text)


def tame(text: str) -> str:
    """Text for a program that also a person looks at: only what would steer a terminal is another."""
    return _STEERING.sub("\ufffd", _CONTROL.sub(_picture, text))


def width(char: str) -> int:
    """The columns of a terminal that a visible character takes."""
    if char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def _picture(found: re.Match[str]) -> str:
    char = found.group()
    return _DELETE if char == "\x7f" else chr(_PICTURES + ord(char))


def _number(found: re.Match[str]) -> str:
    return f"<U+{ord(found[0]):04X}>"
