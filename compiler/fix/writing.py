"""The mended spec put in the place of the old one: all of it or nothing, and never over somebody's work."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from pathlib import Path

from compiler.diagnostics import Diagnostic


def write(spec: Path, old: str, new: str) -> list[Diagnostic]:
    """Replace the file that `spec` names or links to, if it still holds `old`; its mode and owner stay.

    Raises:
        OSError: the disk refused, or the file is read-only; it is as it was, and the error says so.
    """
    try:
        return _written(spec, Path(os.path.realpath(spec)), old, new)
    except OSError as error:
        # Else the error would name a file that was never the operator's.
        said = error.strerror or str(error)
        raise OSError(error.errno, f"{said}; nothing was written", str(spec)) from error


def _written(spec: Path, place: Path, old: str, new: str) -> list[Diagnostic]:
    if place.exists() and not os.access(place, os.W_OK):
        # A rename would replace it all the same.
        raise PermissionError(errno.EACCES, "the file may not be written, see its mode and owner")
    draft = _draft(place, new.encode())
    try:
        if place.read_bytes() != old.encode():
            return [_meanwhile(spec)]
        draft.replace(place)
    finally:
        draft.unlink(missing_ok=True)
    _settle(place.parent)
    return []


def _draft(place: Path, data: bytes) -> Path:
    """The new content in a file of its own beside the old, on the disk and not only on its way there."""
    known = place.stat()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    except PermissionError as error:
        raise PermissionError(error.errno, f"no file may be made in its folder, {place.parent}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            with contextlib.suppress(PermissionError):  # only root may give a file away
                os.fchown(file.fileno(), known.st_uid, known.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(known.st_mode))
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _settle(folder: Path) -> None:
    """The rename itself on the disk; some file systems and folders cannot be asked."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _meanwhile(spec: Path) -> Diagnostic:
    return Diagnostic(
        "DN230",
        f"{spec} was changed by somebody else meanwhile",
        file=str(spec),
        reason="writing the mended spec would undo that change",
        help="nothing was written; run dncompile fix again",
    )
