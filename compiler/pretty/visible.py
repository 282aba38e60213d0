"""No character of a spec steers a terminal: what cannot be seen gets a sign that can.

Control characters become their pictures of Unicode; what turns the direction of text, breaks lines or is no
character becomes U+FFFD.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LINE = re.compile(r"[\t\n]")
_OTHER = re.compile("[\x80-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_PICTURES = 0x2400
_DELETE = "\u2421"


def visible(text: str) -> str:
    """Text of some lines: line feeds and tabs stay what they are."""
    return _OTHER.sub("\ufffd", _CONTROL.sub(_picture, text))


def visible_word(text: str) -> str:
    """A name or message of one line."""
    return visible(_LINE.sub(_picture, text))


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
