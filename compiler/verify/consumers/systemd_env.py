"""How systemd reads an environment file: EnvironmentFile= in systemd.exec(5), as parse_env_file() does it.

No command of systemd shows what it reads from such a file without a running manager.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_BLANK = " \t\r"
_KEPT_ESCAPES = '"\\`$'  # within double quotes a backslash goes away before these, and stays before any other
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass
class _Reader:
    """One pass over the characters; each state is a method that takes one and names the next."""

    found: dict[str, str] = field(default_factory=dict)
    key: str = ""
    value: str = ""
    kept: int = 0
    """So many characters of the value stay when blanks at its end are taken away."""

    def before_key(self, sign: str) -> str:
        if sign in "#;":
            return "comment"
        if sign in _BLANK + "\n":
            return "before_key"
        self.key, self.value, self.kept = sign, "", 0
        return "in_key"

    def in_key(self, sign: str) -> str:
        if sign == "\n":
            return "before_key"
        if sign == "=":
            return "before_value"
        self.key += sign
        return "in_key"

    def before_value(self, sign: str) -> str:
        if sign == "\n":
            return self.end()
        if sign in "'\"":
            return "single" if sign == "'" else "double"
        if sign == "\\":
            return "escaped"
        return "before_value" if sign in _BLANK else self._take(sign)

    def in_value(self, sign: str) -> str:
        if sign == "\n":
            return self.end()
        if sign == "\\":
            self.kept = len(self.value)
            return "escaped"
        if sign in _BLANK:
            self.value += sign
            return "in_value"
        return self._take(sign)

    def escaped(self, sign: str) -> str:
        return "in_value" if sign == "\n" else self._take(sign)

    def single(self, sign: str) -> str:
        return "before_value" if sign == "'" else self._take(sign, "single")

    def double(self, sign: str) -> str:
        if sign == "\\":
            return "double_escaped"
        return "before_value" if sign == '"' else self._take(sign, "double")

    def double_escaped(self, sign: str) -> str:
        if sign == "\n":
            return "double"
        return self._take(sign if sign in _KEPT_ESCAPES else f"\\{sign}", "double")

    def comment(self, sign: str) -> str:
        return {"\n": "before_key", "\\": "comment_escaped"}.get(sign, "comment")

    def comment_escaped(self, _: str) -> str:
        return "comment"

    def end(self) -> str:
        name = self.key.rstrip(_BLANK)
        if _NAME.match(name):  # any other is left out, with a line in the journal
            self.found[name] = self.value[: self.kept]
        return "before_key"

    def _take(self, text: str, state: str = "in_value") -> str:
        self.value += text
        self.kept = len(self.value)
        return state


def read(text: str) -> dict[str, str]:
    """The variables that a unit gets from a file of this text."""
    reader = _Reader()
    state = "before_key"
    for sign in text:
        step: Callable[[str], str] = getattr(reader, state)
        state = step(sign)
    if state not in ("before_key", "in_key", "comment", "comment_escaped"):
        reader.end()
    return reader.found
