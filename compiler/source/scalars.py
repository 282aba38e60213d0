"""What a plain scalar means in YAML 1.2's core schema (yaml.org, 1.2.2, section 10.3.2)."""

from __future__ import annotations

import math
import re

_INT = re.compile(r"[-+]?[0-9]+\Z")
_OTHER_BASE = re.compile(r"0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(inf|Inf|INF)\Z|\.(nan|NaN|NAN)\Z")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]+(\.[0-9]*)?([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_LONGEST_NUMBER = 40


class BadScalar(ValueError):
    """A scalar that two readers could understand differently; the text is for the operator."""


def resolve(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar.

    Raises:
        BadScalar: a leading zero (octal to some), an infinity or NaN, or a number too long to be one.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    return _number(text)


def _number(text: str) -> str | int | float:
    _refuse_doubtful(text)
    if _INT.match(text):
        return int(text)
    if _OTHER_BASE.match(text):
        return int(text, 0)
    return float(text) if _FLOAT.match(text) else text


def _refuse_doubtful(text: str) -> None:
    if _LEADING_ZERO.match(text):
        raise BadScalar(f"{text} has a leading zero: YAML 1.1 reads it as octal, YAML 1.2 as decimal")
    if _NOT_A_NUMBER.match(text) or (_FLOAT.match(text) and math.isinf(float(text))):
        raise BadScalar(f"{text} is not a finite number")
    if len(text) > _LONGEST_NUMBER and (_INT.match(text) or _FLOAT.match(text) or _OTHER_BASE.match(text)):
        raise BadScalar(f"a number of {len(text)} characters is not one that a runtime needs")
