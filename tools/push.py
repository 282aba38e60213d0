#!/usr/bin/env python3
"""Brings one host its compiled folder, path for path, with rsync: tools/push.py HOST DESTINATION

    tools/push.py gpu-worker root@10.20.1.5:/
    tools/push.py --dry-run --sudo edge-1 admin@10.20.1.9:/

It exists because a copy by hand carries this checkout's umask to the host, overwrites what a program there
owns, and forgets what it brought before. Only a folder that is exactly what was compiled is pushed. Seeds
are made where they are absent; a file of the distribution that is taken over is kept once, below
/var/lib/NAME/before (beside it, nginx would read it). Folders that exist keep their modes. Nothing is
deleted: what an earlier push brought and is compiled no longer is listed, until it is removed by hand.

Exit codes: 0 pushed, or nothing to do; 1 refused, or rsync failed; 2 wrong usage.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GENERATED = Path(__file__).resolve().parents[1] / "generated"
REMOTE = re.compile(r"[^/]*:")
PROGRAM = re.compile(r"/usr/local/lib/([^/]+)/install\.py")
# No times and no owners: a host's files are its own. A file is sent when its content or its mode differs.
FLAGS = (
    "--links", "--perms", "--chmod=Fu=rwX,Fgo=rX", "--checksum", "--itemize-changes",
    "--no-implied-dirs", "--from0", "--files-from=-",
)  # fmt: skip
LOOK = ("--links", "--from0", "--files-from=-", "--ignore-missing-args")
UMASK = 0o022  # for folders that are made: they are not compiled, so that no mode of theirs is


class Refused(Exception):
    """Nothing more is done; the text says why and what to do."""


def main(argv: Sequence[str]) -> int:
    """Push one host's folder; see the module's docstring for the exit codes."""
    options = _options(argv)
    remote = REMOTE.match(options.destination) is not None
    known = sorted(path.name for path in options.generated.glob("hosts/*") if path.is_dir())
    if options.host not in known:
        return _wrong(f"no host {options.host} in {options.generated}; there are: {', '.join(known)}")
    if options.sudo and not remote:
        return _wrong("--sudo is for another machine: here, run this command itself with sudo")
    try:
        push(Folder.verified(options.generated, options.host), Rsync.to(options))
    except Refused as fault:
        print(fault, file=sys.stderr)
        return 1
    except OSError as fault:
        print(f"{fault.filename or 'rsync'}: {fault.strerror or fault}", file=sys.stderr)
        return 1
    return 0


@dataclass(frozen=True)
class Folder:
    """A host's compiled folder that is exactly what its manifest says."""

    root: Path
    manifest: dict[str, Any]
    name: str

    @classmethod
    def verified(cls, generated: Path, host: str) -> Folder:
        """The folder of a host.

        Raises:
            Refused: it is not what was compiled.
        """
        folder = generated / "hosts" / host
        if (generated / ".dncompile" / "journal.json").exists():
            raise Refused(f"a compilation into {generated} was interrupted: run dncompile, then push again")
        whole, manifest = _json(generated / "manifest.json"), _json(folder / "manifest.json")
        wrong = sorted({*_unlike_bundle(generated, host, whole), *_unlike_host(folder, manifest)})
        if wrong:
            told = "\n".join(f"  {path}" for path in wrong[:20])
            raise Refused(
                f"{folder} is not what was compiled:\n{told}\n"
                "nothing is pushed; `dncompile check` tells more, and `dncompile` puts it right"
            )
        names = [found[1] for path in paths(manifest) if (found := PROGRAM.fullmatch(path))]
        if len(names) != 1:
            raise Refused(f"{folder / 'manifest.json'} names no install.py: compile with this version")
        return cls(folder / "root", manifest, names[0])

    def kept(self, keep: str) -> list[str]:
        """The files that are owned in one way."""
        return [file["path"] for file in self.manifest["files"] if file["keep"] == keep]

    @property
    def record(self) -> str:
        """Where the host keeps the manifest of the last push."""
        return f"/var/lib/{self.name}/manifest.json"

    @property
    def before(self) -> str:
        """Where the host keeps the files that were taken over."""
        return f"/var/lib/{self.name}/before"


def paths(manifest: dict[str, Any]) -> list[str]:
    """The absolute paths of a manifest's files."""
    return [file["path"] for file in manifest["files"]]


def _unlike_bundle(generated: Path, host: str, whole: dict[str, Any]) -> Iterator[str]:
    """Files that are not as the bundle's manifest has them, are missing, or are too many."""
    wanted = {path: one for path, one in whole["files"].items() if path.startswith(f"hosts/{host}/")}
    top = generated / "hosts" / host
    present = {str(path.relative_to(generated)) for path in top.rglob("*") if not _is_folder(path)}
    yield from (f"{path} (not compiled)" for path in present - set(wanted))
    for path, one in wanted.items():
        if path not in present:
            yield f"{path} (missing)"
        elif _state(generated / path) != (one["sha256"], int(one["mode"], 8) & 0o100):
            yield f"{path} (changed)"


def _unlike_host(folder: Path, manifest: dict[str, Any]) -> Iterator[str]:
    """Files of the host's manifest, which has their real modes."""
    for one in manifest["files"]:
        path, mode = folder / "root" / one["path"].lstrip("/"), int(one["mode"], 8)
        if mode not in (0o644, 0o755):
            yield f"{one['path']} (mode {mode:04o}: this tool sets 0644 and 0755)"
        elif path.is_file() and _state(path) != (one["sha256"], mode & 0o100):
            yield f"hosts/{folder.name}/root{one['path']} (changed)"


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _state(path: Path) -> tuple[str, int]:
    """What git and rsync carry of a file; a link is no file."""
    if path.is_symlink() or not path.is_file():
        return "", 0
    return hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mode & 0o100


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
        if isinstance(found, dict) and "files" in found:
            return found
    except (OSError, ValueError):
        pass
    raise Refused(f"{path} cannot be read as a manifest: run dncompile")


@dataclass(frozen=True)
class Rsync:
    """rsync to one destination."""

    destination: str
    options: tuple[str, ...]
    dry_run: bool

    @classmethod
    def to(cls, options: argparse.Namespace) -> Rsync:
        """As the command line says; a local destination is one of the caller's folder."""
        if not REMOTE.match(options.destination):
            return cls(f"{os.path.abspath(options.destination).rstrip('/')}/", (), options.dry_run)
        there = f"umask {UMASK:03o} && {'sudo rsync' if options.sudo else 'rsync'}"
        at_root = options.destination.endswith(("/", ":"))
        destination = options.destination if at_root else f"{options.destination}/"
        return cls(destination, (f"--rsync-path={there}",), options.dry_run)

    def send(self, source: Path, files: Iterable[str], *flags: str) -> list[str]:
        """Send files, given by their absolute paths on the host; rsync's lines about what differed."""
        wanted = list(files)
        if not wanted:
            return []
        dry = ("--dry-run",) if self.dry_run else ()
        return self._run([*FLAGS, *flags, *dry, *self.options], f"{source}/", self.destination, wanted)

    def fetch(self, files: Iterable[str], folder: Path) -> None:
        """Copy those of the files that are there into a folder."""
        if REMOTE.match(self.destination) or os.path.isdir(self.destination):
            self._run([*LOOK, *self.options], self.destination, f"{folder}/", list(files))

    def present(self, files: Iterable[str]) -> list[str]:
        """Those of the files that are there."""
        wanted = list(files)
        if not wanted:
            return []
        lines = self._run([*LOOK, "--list-only", *self.options], self.destination, ".", wanted)
        listed = {f"/{line.split(maxsplit=4)[4].split(' -> ')[0]}" for line in lines if line[0] != "d"}
        return [path for path in wanted if path in listed]

    def _run(self, flags: list[str], source: str, to: str, files: list[str]) -> list[str]:
        argv = ["rsync", *flags, "--", source, to]
        given = "".join(f"{path.lstrip('/')}\0" for path in files)
        done = subprocess.run(
            argv, input=given, stdout=subprocess.PIPE, text=True, umask=UMASK, check=False
        )  # its complaints go to the person as they are, and so does a question for a password
        if done.returncode:
            raise Refused(f"rsync exits {done.returncode}; what was sent is whole, so push again")
        return [line for line in done.stdout.splitlines() if line]


def push(folder: Folder, rsync: Rsync) -> None:
    """Send what differs, and say what was done and what is left to do by hand.

    Raises:
        Refused: the destination is another host, or rsync failed.
    """
    with tempfile.TemporaryDirectory() as held:
        there = Path(held, "there")
        there.mkdir()
        taken = folder.kept("takes_over")
        rsync.fetch([folder.record, *taken, *(folder.before + path for path in taken)], there)
        old = _record(there, folder)
        foreign = [path for path in taken if _is_foreign(path, there, folder, old)]
        ours = [*folder.kept("owned"), *(path for path in taken if path not in foreign)]
        lines = rsync.send(folder.root, ours)
        lines += rsync.send(folder.root, folder.kept("seed"), "--ignore-existing")
        lines += rsync.send(folder.root, foreign, "--backup", f"--backup-dir={folder.before.lstrip('/')}")
        left = rsync.present(sorted({*paths(old), *old["leftover"]} - set(paths(folder.manifest))))
        lines += _record_push(Path(held, "record"), folder, left, rsync)
    _tell(lines, [f"{path} is kept as {folder.before}{path}" for path in foreign], left, rsync)


def _record(there: Path, folder: Folder) -> dict[str, Any]:
    """What the last push brought."""
    nothing = {"host": folder.manifest["host"], "files": [], "leftover": []}
    path = there / folder.record.lstrip("/")
    try:
        found = {**nothing, **json.loads(path.read_bytes())} if path.exists() else nothing
        paths(found)
    except (ValueError, KeyError, TypeError):
        raise Refused(f"{folder.record} at the destination is damaged: look at it and remove it") from None
    if found["host"] != folder.manifest["host"]:
        raise Refused(
            f"the destination is {found['host']} and not {folder.manifest['host']}: nothing is pushed; "
            f"if it has changed its role, remove {folder.record} there"
        )
    return found


def _is_foreign(path: str, there: Path, folder: Folder, old: dict[str, Any]) -> bool:
    """Whether a file that is taken over is somebody else's, and not kept already."""
    place, kept = (there / one.lstrip("/") for one in (path, folder.before + path))
    if path in paths(old) or os.path.lexists(kept) or not os.path.lexists(place):
        return False
    return place.is_symlink() or place.read_bytes() != (folder.root / path.lstrip("/")).read_bytes()


def _record_push(held: Path, folder: Folder, left: list[str], rsync: Rsync) -> list[str]:
    """Send the manifest, last, with what is to be removed by hand."""
    place = held / folder.record.lstrip("/")
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({**folder.manifest, "leftover": left}, indent=2) + "\n")
    return rsync.send(held, [folder.record])


def _tell(lines: list[str], kept: list[str], left: list[str], rsync: Rsync) -> None:
    for line in [*lines, *kept, *(f"no longer compiled, remove by hand: {path}" for path in left)]:
        print(line)
    if not lines:
        print("nothing to do")
    elif rsync.dry_run:
        print("dry run: nothing was changed")


def _wrong(text: str) -> int:
    print(text, file=sys.stderr)
    return 2


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tools/push.py", description="Bring one host its compiled folder with rsync."
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    parser.add_argument("--sudo", action="store_true", help="run rsync there with sudo")
    parser.add_argument("--generated", type=Path, default=GENERATED, help="the compiled tree")
    parser.add_argument("host", metavar="HOST", help="its name in the spec")
    parser.add_argument("destination", metavar="DESTINATION", help="as rsync takes it: root@10.20.1.5:/")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
