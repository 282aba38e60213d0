"""Which programs are there, and what tells one version from another."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

_DAEMONS = "/usr/sbin:/sbin"  # Debian keeps them out of a user's PATH


@dataclass(frozen=True)
class Tools:
    """Programs of this machine, Python distributions of this environment, and roots of other releases.

    `roots` is a folder with one root file system a release, named as `os:` names it (`debian-12`); without
    one it is where tools/roots.py makes them. `absent` are names that count as missing whatever is there,
    for the tests; `roots` among them is all roots.
    """

    roots: Path | None = None
    absent: frozenset[str] = frozenset()

    def program(self, name: str) -> Path | None:
        """Where a program is, beside this Python or on the PATH."""
        if name in self.absent:
            return None
        # One whose libraries get in the way of ours has an environment of its own inside this one.
        own, apart = Path(sys.executable).parent, Path(sys.prefix) / name / "bin"
        places = (str(own), str(apart), os.environ.get("PATH", ""), _DAEMONS)
        found = shutil.which(name, path=os.pathsep.join(places))
        return Path(found) if found else None

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those of the tools that are not there; a distribution of Python is written `python:NAME`."""
        return [name for name in names if not self.identity(name)]

    def identity(self, name: str) -> str:
        """What changes when the tool does; empty where it is missing."""
        if name == "roots":
            return " ".join(_of_file(one / "usr/bin") for one in self.all_roots())
        if name.startswith("python:"):
            return "" if name in self.absent else _distribution(name.removeprefix("python:"))
        found = self.program(name)
        return _of_file(found) if found else ""

    def root(self, release: str) -> Path | None:
        """The root file system of a release, if there is one."""
        found = (self.roots or default_roots()) / release
        return found if "roots" not in self.absent and (found / "usr").is_dir() else None

    def all_roots(self) -> list[Path]:
        """The root file systems of all releases that are there, the newest first."""
        found = sorted((self.roots or default_roots()).glob("[a-z]*-*/usr"), reverse=True)
        return [] if "roots" in self.absent else [one.parent for one in found]


def default_roots() -> Path:
    """Where programs keep what can be made again (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "dncompile" / "roots"


@cache
def _distribution(name: str) -> str:
    try:
        return f"{name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return ""


def _of_file(path: Path) -> str:
    """Of a program that is replaced, size or time are others."""
    about = path.resolve().stat()
    return f"{path} {about.st_size} {about.st_mtime_ns}"


def digest(parts: Iterable[str | bytes]) -> str:
    """One hash over texts and bytes, each with its length."""
    made = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        made.update(f"{len(data)}:".encode())
        made.update(data)
    return made.hexdigest()
