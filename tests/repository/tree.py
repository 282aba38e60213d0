"""The files of the repository, as the rules read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

NOT_OURS = {
    ".git",
    ".venv",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "__pycache__",
    "build",
    "dist",
}


@dataclass(frozen=True)
class Source:
    """One file: its path below the root, and its text."""

    root: Path
    path: Path

    @cached_property
    def text(self) -> str:
        return (self.root / self.path).read_text(encoding="utf-8", errors="replace")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def top(self) -> str:
        """The folder at the root that the file lies in."""
        return self.path.parts[0]

    @property
    def is_program(self) -> bool:
        """Does it ship verbatim to a host?"""
        return self.top == "targets" and "programs" in self.path.parts

    @property
    def module(self) -> tuple[str, ...]:
        """Its dotted name, as a tuple."""
        parts = self.path.with_suffix("").parts
        return parts[:-1] if parts[-1] == "__init__" else parts

    def at(self, node: ast.AST | int, what: str) -> str:
        """A complaint with its place."""
        line = node if isinstance(node, int) else getattr(node, "lineno", 1)
        return f"{self.path}:{line}: {what}"


def sources(root: Path) -> list[Source]:
    """Every file that is tracked or about to be; outside of git, every file that is not a cache."""
    return [Source(root, path) for path in sorted(_paths(root)) if (root / path).is_file()]


def python(root: Path, *tops: str) -> list[Source]:
    """The Python files below the named folders."""
    return [source for source in sources(root) if source.path.suffix == ".py" and source.top in tops]


def _paths(root: Path) -> Iterator[Path]:
    if (root / ".git").exists():
        argv = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        yield from (Path(name) for name in set(listed.split("\0")) if name)
        return
    for path in root.rglob("*"):
        below = path.relative_to(root)
        if not NOT_OURS.intersection(below.parts):
            yield below
