"""Environment files, read alike by systemd, shells and dotenv libraries.

Their quoting rules differ for backslashes, quotes and `$`; a value with one of these is refused, so that
every
reader sees the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from compiler.formats.safe import HEADER, Unsafe, refuse

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_BARE = re.compile(r"[A-Za-z0-9_./:@,+=-]*\Z")
_WHERE = "a value of an environment file"


@dataclass(frozen=True, slots=True)
class Env:
    """Variables in order, then those whose values are secrets: only where these are kept is written."""

    variables: tuple[tuple[str, object], ...]
    secrets: tuple[tuple[str, str], ...] = ()

    def render(self) -> bytes:
        """The file's bytes."""
        lines = [f"# {HEADER}"]
        lines += [f"{_name(name)}={_value(value)}" for name, value in self.variables]
        lines += [f"# secret {_name(name)} from {_value(reference)}" for name, reference in self.secrets]
        return ("\n".join(lines) + "\n").encode()


def _name(name: str) -> str:
    if not _NAME.match(name):
        raise Unsafe(name, "a variable of an environment file", f"{name!r} is no variable's name")
    return name


def _value(value: object) -> str:
    text = refuse(value, _WHERE, "\\'\"$`")
    return text if _BARE.match(text) else f'"{text}"'


def parse(text: str) -> tuple[dict[str, str], dict[str, str]]:
    """The variables and the references to secrets of a file that `Env` wrote."""
    variables: dict[str, str] = {}
    secrets: dict[str, str] = {}
    for line in text.splitlines():
        secret = re.fullmatch(r"# secret (\S+) from (\S+)", line)
        if secret:
            secrets[secret[1]] = secret[2]
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            variables[name] = value.removeprefix('"').removesuffix('"')
    return variables, secrets
