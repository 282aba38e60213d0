"""Files that hosts receive as they are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A program of a target's folder, byte for byte."""

    file: Path

    def render(self) -> bytes:
        """The file's bytes."""
        return self.file.read_bytes()


@dataclass(frozen=True, slots=True)
class Given:
    """A file that the spec names, byte for byte."""

    data: bytes

    def render(self) -> bytes:
        """The file's bytes."""
        return self.data
