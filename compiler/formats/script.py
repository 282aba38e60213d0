"""Small shell scripts that are one command: the names under which operators know a program."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from compiler.formats.safe import HEADER, one_line


@dataclass(frozen=True, slots=True)
class Beside:
    """A file in the script's own folder."""

    name: str


@dataclass(frozen=True, slots=True)
class Script:
    """Runs one command with its words as they are, then whatever the operator adds."""

    words: tuple[str | Beside, ...]
    about: str

    def render(self) -> bytes:
        """The file's bytes; a POSIX shell script."""
        lines = ["#!/bin/sh", f"# {HEADER}", f"# {one_line(self.about, 'a comment')}", "set -eu"]
        if any(isinstance(word, Beside) for word in self.words):
            lines.append('here=$(CDPATH="" cd -- "$(dirname -- "$0")" && pwd)')
        lines.append(" ".join(["exec", *(_word(word) for word in self.words), '"$@"']))
        return ("\n".join(lines) + "\n").encode()


def _word(word: str | Beside) -> str:
    if isinstance(word, Beside):
        return '"$here"/' + shlex.quote(one_line(word.name, "a word of a command"))
    return shlex.quote(one_line(word, "a word of a command"))
