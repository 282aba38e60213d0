"""Python environments built from hash-locked lists.

It exists because operators once ran a program with a system Python that lacked its modules (truth book,
section 7). An environment is built under a name that says what is in it, `<path>-<hash>`, and `<path>` is
a link that is switched by one rename: whoever starts meanwhile gets the old one whole, and an interrupted
build is never linked. Commands inside keep the path under which they were built. The one before stays, so
that going back needs no network.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import List, Optional, Set

from hostkit import files
from install_config import Environment
from install_host import Step, StepError, System

BUILT = ".built"
HASH_LENGTH = 12
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


class PythonEnvironment(Step):
    """One environment."""

    def __init__(self, system: System, wanted: Environment) -> None:
        self._system = system
        self._wanted = wanted
        self._link = Path(wanted.path)

    def describe(self) -> str:
        return f"environment {self._link} from {self._wanted.lock}"

    def differs(self) -> List[str]:
        self._check_place()
        self._check_python()
        target = self._target()
        if _is_built(target) and linked(self._link) == target.name:
            return []
        return [f"{self._link} is not the environment of {self._wanted.lock}"]

    def apply(self) -> None:
        target = self._target()
        before = linked(self._link)
        prune(self._link, keep={target.name, before or target.name})
        if not _is_built(target):
            self._build(target)
        _switch(self._link, target.name)

    def _check_place(self) -> None:
        if self._link.exists() and not self._link.is_symlink():
            raise StepError(f"{self._link} was not made by this installer: move it away, and run this again")

    def _check_python(self) -> None:
        done = self._system.ask(self._system.python, "-c", VERSION)
        found = done.out.strip() if done.code == 0 else f"missing ({done.reason})"
        if found != self._wanted.python:
            raise StepError(
                f"the host's python3 is {found} and {self._wanted.lock} is for {self._wanted.python}: "
                "correct the host's python in the specification, with a lock for it"
            )

    def _target(self) -> Path:
        try:
            lock = Path(self._wanted.lock).read_bytes()
        except OSError as fault:
            raise StepError(f"{self._wanted.lock}: {fault.strerror}; has the host got its folder?") from None
        proof = hashlib.sha256(f"{self._wanted.python}\0{self._wanted.path}\0".encode() + lock).hexdigest()
        return self._link.with_name(f"{self._link.name}-{proof[:HASH_LENGTH]}")

    def _build(self, target: Path) -> None:
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        self._system.do(self._system.python, "-m", "venv", str(target))
        pip = (str(target / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input")
        how = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-cache-dir", "--quiet")
        self._system.do(*pip, "install", *how, "-r", self._wanted.lock, seconds=7200.0)
        os.sync()  # the mark must not outlive what it vouches for
        files.write_atomic(str(target / BUILT), b"")


class NoEnvironment(Step):
    """An environment that is gone, with all its versions."""

    def __init__(self, wanted: Environment) -> None:
        self._link = Path(wanted.path)

    def describe(self) -> str:
        return f"no environment {self._link}"

    def differs(self) -> List[str]:
        found = self._link.is_symlink() or versions(self._link)
        return [f"{self._link} is there"] if found else []

    def apply(self) -> None:
        if self._link.is_symlink():
            self._link.unlink()
        prune(self._link, keep=set())


def linked(link: Path) -> Optional[str]:
    """The name of the version that is in use."""
    return os.readlink(link) if link.is_symlink() else None


def versions(link: Path) -> List[Path]:
    """All versions of an environment, finished or not."""
    pattern = re.compile(re.escape(link.name) + f"-[0-9a-f]{{{HASH_LENGTH}}}")
    return [path for path in link.parent.glob(f"{link.name}-*") if pattern.fullmatch(path.name)]


def prune(link: Path, keep: Set[str]) -> None:
    """Remove the versions that are not to be kept: an environment of an engine takes gigabytes."""
    for path in versions(link):
        if path.name not in keep:
            shutil.rmtree(path)


def _is_built(target: Path) -> bool:
    return (target / BUILT).is_file() and os.access(target / "bin" / "python", os.X_OK)


def _switch(link: Path, name: str) -> None:
    beside = link.with_name(f"{link.name}.next")
    if beside.is_symlink():
        beside.unlink()
    beside.symlink_to(name)
    os.replace(beside, link)
    files.sync_directory(link.parent)
