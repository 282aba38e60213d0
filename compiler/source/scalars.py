"""What a plain scalar means in YAML 1.2's core schema (yaml.org, 1.2.2, section 10.3.2)."""

from __future__ import annotations

import json
import math
import re

_INT = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_LEADING_ZERO = re.compile(r"([-+]?)0+([0-9].*)\Z")
_OCTAL = re.compile(r"0+[1-7][0-7]*\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LONGEST_NUMBER = 40
# What a word processor makes of quotes: around a whole value, or open at its start; “so” inside one is text.
_CLOSED = re.compile(r"[“”„‘’‚«»‹›]([^“”„‘‚«»‹›]*)[“”‘’«»‹›]\Z")
_OPENED = re.compile(r"[“„‘‚«‹]([^“”„‘’‚«»‹›]*)\Z")


class BadScalar(ValueError):
    """A scalar that two readers could understand differently; its text and `help` are for the operator."""

    def __init__(self, problem: str, help_: str) -> None:
        super().__init__(problem)
        self.help = help_


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar.

    Raises:
        BadScalar: a leading zero (octal to some), an infinity or NaN, a number too long to be one, or
            typographic quotes, which people take for quotes and YAML for text.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return _text(text)
    if _NOT_A_NUMBER.match(text):
        raise _not_finite(text)
    if _OTHER_BASE.match(text):
        return int(_bounded(text), 0)
    return _decimal(text) if _FLOAT.match(text) else text


def _text(text: str) -> str:
    closed = _CLOSED.match(text)
    inner = closed or _OPENED.match(text)
    if inner is None:
        return text
    meant = json.dumps(inner[1], ensure_ascii=False)
    raise BadScalar(
        f"{text[0]} is a typographic quote, and YAML takes it for a part of the text",
        f"write {meant}" if closed and len(meant) <= _LONGEST_NUMBER else 'write plain quotes, as in "…"',
    )


def _decimal(text: str) -> int | float:
    _bounded(text)
    zero = _LEADING_ZERO.match(text)
    if zero is not None:
        raise BadScalar(
            f"{text} has a leading zero, and readers of YAML disagree about that: octal, decimal or text",
            _ways_out(text, "".join(zero.groups())),
        )
    if _INT.match(text):
        return int(text)
    number = float(text)
    if math.isinf(number):
        raise _not_finite(text)
    return number


def _bounded(text: str) -> str:
    """The text of a number; a long one is not even looked at, since that takes time."""
    if len(text) > _LONGEST_NUMBER:
        raise BadScalar(
            f"a number of {len(text)} characters is not one that a runtime needs",
            "put it in quotes if it is text, or round it",
        )
    return text


def _not_finite(text: str) -> BadScalar:
    return BadScalar(
        f"{text} is not a finite number", f'write a number, "{text}" in quotes if it is text, or leave it out'
    )


def _ways_out(text: str, decimal: str) -> str:
    ways = [f"{decimal} for the number", f'"{text}" for the text']
    if _OCTAL.match(text):
        ways.insert(1, f"0o{text.lstrip('0')} for an octal number")
    return f"write {', '.join(ways[:-1])}, or {ways[-1]}"
