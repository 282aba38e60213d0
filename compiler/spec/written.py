"""A scalar as it is written in the spec, for edits."""

from __future__ import annotations

import json
import re

from compiler.source.scalars import BadScalar, resolve

# No indicator of YAML at the start, none in the middle, also not in a flow collection.
_SIGN = r"(?:[A-Za-z0-9_./~+@=-]|:(?=[A-Za-z0-9_./]))"
_PLAIN = re.compile(rf"[A-Za-z0-9_./~+]{_SIGN}*(?: {_SIGN}+)*")


def written(value: object) -> str:
    """YAML that reads as `value`, plain where that is the same."""
    if not isinstance(value, str):
        return json.dumps(value)
    return value if _PLAIN.fullmatch(value) and _stays_text(value) else json.dumps(value, ensure_ascii=False)


def _stays_text(text: str) -> bool:
    try:
        return resolve(text) == text
    except BadScalar:
        return False
