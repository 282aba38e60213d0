"""sysusers.d(5) and tmpfiles.d(5): one line an entry, words in columns."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.formats.safe import HEADER, refuse


@dataclass(frozen=True, slots=True)
class Columns:
    """Lines of words; a word with blanks is quoted, `%` is doubled since both formats expand specifiers."""

    rows: tuple[tuple[str, ...], ...]

    def render(self) -> bytes:
        """The file's bytes."""
        lines = [f"# {HEADER}", *(" ".join(_word(word) for word in row) for row in self.rows)]
        return ("\n".join(lines) + "\n").encode()


def _word(word: str) -> str:
    text = refuse(word, "a word of a line", "\"'\\").replace("%", "%%")
    return f'"{text}"' if " " in text or not text or text.startswith("#") else text


def user(name: str, about: str, home: str, shell: str) -> tuple[str, ...]:
    """A system user with a group of its own name."""
    return ("u", name, "-", about, home, shell)


def directory(path: str, mode: int, owner: str, group: str) -> tuple[str, ...]:
    """A directory that is made, and given this mode and owner, at each boot; nothing in it is ever
    removed.
    """
    return ("d", path, f"{mode:04o}", owner, group, "-")
