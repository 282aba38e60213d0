"""What `check` says: where the tree on disk is not what the spec compiles to."""

from __future__ import annotations

import difflib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from compiler.bundle.assemble import MANIFEST, Bundle, File
from compiler.bundle.disk import WORK, half_done, owned_paths
from compiler.bundle.manifest import sha256
from compiler.diagnostics import Diagnostic

Kind = Literal["stale", "hand-edited", "missing", "extra", "obsolete", "mode"]
_COMPILE = "run dncompile and commit what it changes"
_SAYS: dict[Kind, tuple[str, str, str]] = {
    "stale": ("DN210", "is not what the spec compiles to now", _COMPILE),
    "hand-edited": (
        "DN211",
        "was edited by hand",
        "put the change into the spec; then run dncompile, which replaces the file",
    ),
    "missing": ("DN212", "is missing", _COMPILE),
    "extra": (
        "DN213",
        "is here, and no manifest ever owned it",
        "move it out of the tree; dncompile will not touch it",
    ),
    "obsolete": ("DN214", "is no longer compiled", _COMPILE),
    "mode": ("DN215", "has the wrong mode", _COMPILE),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One path that differs, how, and the unified diff from what is there to what should be."""

    path: str
    kind: Kind
    diff: str

    def diagnostic(self, out: Path) -> Diagnostic:
        """The finding for a person."""
        code, says, help_ = _SAYS[self.kind]
        name = f"{out}/{self.path}"
        return Diagnostic(code, f"{name} {says}", file=name, help=help_, detail=self.diff)


def compare(out: Path, bundle: Bundle) -> list[Diagnostic]:
    """Findings for everything in which the tree at `out` differs from `bundle`; writes nothing."""
    if half_done(out):
        return [_half(out)]
    if not (out / MANIFEST).exists():
        return [_no_tree(out)]
    return [one.diagnostic(out) for one in differences(out, bundle)]


def strangers(out: Path, bundle: Bundle) -> list[Diagnostic]:
    """A warning for each file that lies in a tree just written and is not the compiler's."""
    found = [path for path in _files(out) if path not in bundle]
    return [replace(Difference(path, "extra", "").diagnostic(out), severity="warning") for path in found]


def differences(out: Path, bundle: Bundle) -> Iterator[Difference]:
    """The differences in order of path."""
    owned = owned_paths(out)
    present = set(_files(out))
    for path in sorted(present | set(bundle)):
        if path not in bundle:
            yield _surplus(out, path, owned)
        elif path not in present:
            yield Difference(path, "missing", _diff(path, b"", bundle[path].data))
        else:
            yield from _changed(out, path, bundle[path], owned)


def _files(out: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(out):
        folders.sort()
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in sorted([*names, *links]):
            path = (Path(folder) / name).relative_to(out).as_posix()
            if path.split("/")[0] != WORK:
                yield path


def _surplus(out: Path, path: str, owned: dict[str, str]) -> Difference:
    return Difference(path, "obsolete" if path in owned else "extra", _diff(path, _read(out / path), b""))


def _changed(out: Path, path: str, file: File, owned: dict[str, str]) -> Iterator[Difference]:
    there = _read(out / path)
    if there != file.data or (out / path).is_symlink():
        edited = owned.get(path) not in (None, sha256(there))
        yield Difference(path, "hand-edited" if edited else "stale", _diff(path, there, file.data))
    elif stat.S_IMODE((out / path).stat().st_mode) & 0o100 != file.mode & 0o100:
        mode = stat.S_IMODE((out / path).stat().st_mode)
        yield Difference(path, "mode", f"old mode {mode:04o}\nnew mode {file.mode:04o}\n")


def _read(place: Path) -> bytes:
    if place.is_symlink() or not place.is_file():
        return os.fsencode(f"not a regular file: {place}\n")
    return place.read_bytes()


def _diff(path: str, there: bytes, wanted: bytes) -> str:
    try:
        old, new = there.decode(), wanted.decode()
    except UnicodeDecodeError:
        return f"{path}: {len(there)} bytes are there and {len(wanted)} are wanted\n"
    lines = difflib.unified_diff(
        old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{path}", f"b/{path}"
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _no_tree(out: Path) -> Diagnostic:
    return Diagnostic(
        "DN217",
        f"{out / MANIFEST} is not there, so there is no compiled tree to compare with",
        file=str(out),
        help=f"run dncompile; if the manifest was deleted, git checkout -- {out / MANIFEST}",
    )


def _half(out: Path) -> Diagnostic:
    return Diagnostic(
        "DN216",
        f"{out} is half written: a build was interrupted",
        file=str(out),
        reason="some files are new and some are old, and no host may take such a tree",
        help="run dncompile: it completes the step",
    )
