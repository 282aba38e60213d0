"""The linters and type checkers, as functions from a root to complaints.

They do the same for the repository and for a tree with a planted fault.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.native.needs import needs

SHELL_PLACES = (".ci", "tools", "targets", "tests")
PROGRAMS_PYTHON = "3.10"  # mypy's oldest; ruff holds the programs to 3.9, the oldest that hosts run


def ruff(root: Path) -> list[str]:
    """Style, likely bugs, complexity, banned calls: [tool.ruff] in pyproject.toml."""
    return _run(root, [*_python("ruff"), "check", "--no-cache", "--output-format", "concise", "."])


def ruff_format(root: Path) -> list[str]:
    """The formatter has nothing to change (`make fmt` does it)."""
    return _run(root, [*_python("ruff"), "format", "--no-cache", "--check", "."])


def mypy(root: Path) -> list[str]:
    """Compiler, targets, tools and tests."""
    return _types(root, [])


def mypy_programs(root: Path) -> list[str]:
    """What ships to hosts: one flat namespace, as on a host, and the oldest Python that mypy knows."""
    found = sorted(str(path) for path in root.glob("targets/*/programs/**/*.py"))
    return _types(root, ["--python-version", PROGRAMS_PYTHON, *found]) if found else []


def mypy_program_tests(root: Path) -> list[str]:
    """Their tests, which import them by the names that they have on a host."""
    found = sorted(str(path) for path in root.glob("tests/programs/**/*.py"))
    return _types(root, found) if found else []


def shellcheck(root: Path) -> list[str]:
    """Every shell script, by suffix or by its first line."""
    files = _shell_files(root)
    return _run(root, [needs("shellcheck"), "--format", "gcc", "--", *files]) if files else []


def shfmt(root: Path) -> list[str]:
    """The formatter has nothing to change; .editorconfig says how."""
    files = _shell_files(root)
    return _run(root, [needs("shfmt"), "-d", *files]) if files else []


def _shell_files(root: Path) -> list[str]:
    places = [place for place in SHELL_PLACES if (root / place).is_dir()]
    listed = subprocess.run(
        [needs("shfmt"), "-f", *places], cwd=root, capture_output=True, text=True, check=True
    )
    return sorted(listed.stdout.split())


def _python(tool: str) -> list[str]:
    return [sys.executable, "-m", tool]


def _types(root: Path, words: list[str]) -> list[str]:
    """Mypy's complaints, without its notes: those on one overload fill a screen."""
    folders = sorted(str(path) for path in root.glob("targets/*/programs")) if words else []
    said = _run(root, [*_python("mypy"), *words], {"MYPYPATH": os.pathsep.join(folders)})
    return [line for line in said if ": note: " not in line]


def _run(root: Path, argv: list[str], more: Mapping[str, str] | None = None) -> list[str]:
    env = {**os.environ, "NO_COLOR": "1", **(more or {})}
    done = subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    return (done.stdout + done.stderr).splitlines() or [f"{argv[0]}: exit {done.returncode}"]
