"""The mark of a value that has been made safe for one context of one format."""

from __future__ import annotations

import re
from typing import Self

HEADER = "Compiled by dncompile. Edits here are lost: change the spec and compile."

# Ends of lines to some reader, and what is no text to another: systemd drops a line with a noncharacter.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | 0xFFFE) + chr(plane << 16 | 0xFFFF) for plane in range(17))
    + "]"
)


class Unsafe(ValueError):
    """A value that cannot stand in the context; the message is for the operator."""

    def __init__(self, value: object, context: str, problem: str) -> None:
        super().__init__(f"{problem}, so it cannot be {context}")
        self.value = value


class Safe(str):
    """Text for one context of one format, such as `nginx token`."""

    __slots__ = ("context",)
    context: str

    def __new__(cls, text: str, context: str) -> Self:
        made = super().__new__(cls, text)
        made.context = context
        return made


def one_line(value: object, context: str) -> str:
    """The value as text.

    Raises:
        Unsafe: it is neither text nor a number, or has a control character, a line separator or a code point
            that is no character in it.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unsafe(value, context, f"{type(value).__name__} is neither text nor a number")
    text = str(value)
    found = _CONTROL.search(text)
    if found:
        raise Unsafe(value, context, f"{text!r} has the control character {found[0]!r} in it")
    return text


def refuse(value: object, context: str, forbidden: str) -> str:
    """The value as one line of text.

    Raises:
        Unsafe: as `one_line`, or it has one of the `forbidden` characters.
    """
    text = one_line(value, context)
    for character in forbidden:
        if character in text:
            raise Unsafe(value, context, f"{text!r} has {character!r} in it")
    return text
