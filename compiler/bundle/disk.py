"""The bundle on disk: written as one step that another run completes or undoes.

New content is staged beside the tree, then a journal is put in place by one rename: from then on the step
counts
as taken, and whoever comes next finishes it. Before that moment nothing has changed. Only files that the old
manifest owned are ever replaced or removed.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from compiler.bundle.assemble import MANIFEST, Bundle, File
from compiler.bundle.manifest import sha256
from compiler.diagnostics import Diagnostic

WORK = ".dncompile"
_JOURNAL = "journal.json"


class Refused(Exception):
    """The tree may not be written; carries the findings that say why."""

    def __init__(self, findings: list[Diagnostic]) -> None:
        super().__init__("; ".join(one.message for one in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Changes:
    """What a write did, by path below the tree."""

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def write(out: Path, bundle: Bundle) -> Changes:
    """Make the tree at `out` hold exactly `bundle`, beside files that were never the compiler's.

    Raises:
        Refused: another run is at work, or a file in the way is not the compiler's.
        OSError: the disk refused; what was there before is still whole, or the next run completes the step.
    """
    _make_folder(out)
    with _locked(out):
        recover(out)
        _refuse_somebodys_folder(out, bundle)
        owned = owned_paths(out)
        written = [path for path, file in bundle.items() if not _same(out / path, file)]
        removed = [path for path in owned if path not in bundle and os.path.lexists(out / path)]
        _refuse_foreign(out, written, removed, {*owned, MANIFEST})
        _refuse_links(out, [*bundle, *removed], {str(out / path) for path in removed})
        if written or removed:
            _stage(out, bundle, written, removed)
            _replay(out)
    return Changes(tuple(path for path in written if path != MANIFEST), tuple(removed))


def owned_paths(out: Path) -> dict[str, str]:
    """Path and hash of each file that the tree's manifest owns; empty where there is no tree yet."""
    try:
        files = json.loads((out / MANIFEST).read_text("utf-8"))["files"]
        return {str(path): str(entry["sha256"]) for path, entry in sorted(files.items()) if _inside(path)}
    except FileNotFoundError:
        return {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused([_broken_manifest(out)]) from error


def _inside(path: str) -> bool:
    parts = path.split("/")
    return parts[0] != WORK and not {"", ".", ".."} & set(parts)


def half_done(out: Path) -> bool:
    """Whether an interrupted step waits for the next build."""
    return (out / WORK / _JOURNAL).exists()


def recover(out: Path) -> None:
    """Complete a step whose journal is in place; forget one whose journal never came."""
    if half_done(out):
        _replay(out)
    shutil.rmtree(out / WORK, ignore_errors=True)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    handle = os.open(out, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Refused([_busy(out)]) from error
    finally:
        os.close(handle)


def _make_folder(folder: Path) -> None:
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        one.chmod(0o755)


def _same(place: Path, file: File) -> bool:
    try:
        if place.is_symlink() or not place.is_file():
            return False
        return bool(place.stat().st_mode & 0o100) == file.executable and place.read_bytes() == file.data
    except OSError:
        return False


def _refuse_foreign(out: Path, written: list[str], removed: list[str], owned: set[str]) -> None:
    """Look at every place that the step will touch, so that nothing can stop it half way."""
    going = {str(out / path) for path in removed}
    findings = []
    for path in [*written, *removed]:
        place = out / path
        if not _free(place, going) and (_is_folder(place) or path not in owned):
            findings.append(_foreign(f"{out}/{path}"))
    if findings:
        raise Refused(findings)


def _refuse_links(out: Path, paths: Iterable[str], going: set[str]) -> None:
    """Every folder on the way to a file is a folder, and not a link to one somewhere else."""
    folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents[:-1]}
    blockers = [
        out / one for one in sorted(folders) if os.path.lexists(out / one) and not _is_folder(out / one)
    ]
    findings = [_foreign(str(one)) for one in blockers if str(one) not in going]
    if findings:
        raise Refused(findings)


def _refuse_somebodys_folder(out: Path, bundle: Bundle) -> None:
    """Without a manifest, a folder is the compiler's only if nothing but the bundle's own paths is in it."""
    if not (out / MANIFEST).exists():
        tops = {path.split("/")[0] for path in bundle}
        if any(one.name not in tops for one in out.iterdir()):
            raise Refused([_not_a_tree(out)])


def _is_folder(place: Path) -> bool:
    return place.is_dir() and not place.is_symlink()


def _free(place: Path, going: set[str]) -> bool:
    """Whether a file can be put here once `going` is gone: nothing is here, or folders of what goes."""
    if not _is_folder(place):
        return not os.path.lexists(place)
    return str(place) not in going and all(str(one) in going or _free(one, going) for one in place.iterdir())


def _stage(out: Path, bundle: Bundle, written: list[str], removed: list[str]) -> None:
    work = out / WORK
    work.mkdir(mode=0o755)
    ordered = sorted(written, key=lambda path: path == MANIFEST)
    puts = []
    for number, path in enumerate(ordered):
        staged = work / str(number)
        staged.write_bytes(bundle[path].data)
        staged.chmod(bundle[path].mode)
        puts.append([str(number), path, sha256(bundle[path].data)])
    draft = work / f"{_JOURNAL}.draft"
    draft.write_text(json.dumps({"puts": puts, "removes": removed}), "utf-8")
    draft.replace(work / _JOURNAL)


def _replay(out: Path) -> None:
    """Take every move of the journal; a move that was taken before is passed over."""
    work = out / WORK
    try:
        journal = json.loads((work / _JOURNAL).read_text("utf-8"))
        puts = [(work / name, out / path, digest) for name, path, digest in journal["puts"] if _inside(path)]
        removes = [out / path for path in journal["removes"] if _inside(path)]
    except (ValueError, KeyError, TypeError):
        return
    if any(staged.exists() and sha256(staged.read_bytes()) != digest for staged, _, digest in puts):
        return
    for place in removes:
        _remove(out, place)
    for staged, place, _ in puts:
        if staged.exists():
            _make_folder(place.parent)
            for folder, _, _ in os.walk(place, topdown=False) if _is_folder(place) else ():
                Path(folder).rmdir()
            staged.replace(place)
    shutil.rmtree(work)


def _remove(out: Path, place: Path) -> None:
    """Remove a file and the folders that it leaves empty; a run that took these moves may have put others."""
    if os.path.lexists(place) and not _is_folder(place):
        place.unlink()
    for name in place.relative_to(out).parents[:-1]:
        folder = out / name
        if _is_folder(folder):
            if any(folder.iterdir()):
                return
            folder.rmdir()


def _busy(out: Path) -> Diagnostic:
    return Diagnostic(
        "DN201", f"another run is writing {out}", file=str(out), help="wait for it to end, then run again"
    )


def _not_a_tree(out: Path) -> Diagnostic:
    return Diagnostic(
        "DN204",
        f"{out} has files in it and no {MANIFEST}, so it is not a compiled tree",
        file=str(out),
        reason="a tree is written only into a folder of its own",
        help="name another folder with --out, or an empty one",
    )


def _broken_manifest(out: Path) -> Diagnostic:
    return Diagnostic(
        "DN202",
        f"{out / MANIFEST} cannot be read, so nothing says which files are the compiler's",
        file=str(out / MANIFEST),
        reason="only files that the manifest owns are ever replaced or removed",
        help=f"bring it back (git checkout -- {out / MANIFEST}), or move {out} away and compile anew",
    )


def _foreign(path: str) -> Diagnostic:
    return Diagnostic(
        "DN203",
        f"{path} is in the way, and it is not the compiler's",
        file=path,
        reason="a file that no manifest owned may be somebody's work",
        help="move it out of the tree, then compile again",
    )
