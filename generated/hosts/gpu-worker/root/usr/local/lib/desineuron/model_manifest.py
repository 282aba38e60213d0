"""What a model consists of: its description, the list of its files, and the proof that a directory holds
them.

It exists so that "complete" means one thing everywhere: the completion marker holds the hash of the
manifest, and each file has the size that the manifest says (truth book, section 8: healthy only after
verification). A directory that merely exists proves nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, Literal, Optional, Tuple

from hostkit import config, files

MARKER = ".complete"
PARTIAL = ".partial"
BLOCK_BYTES = 4 << 20
DAMAGED = (FileNotFoundError, NotADirectoryError, IsADirectoryError)


@dataclass(frozen=True)
class Source:
    """Where the canonical copy of a model is."""

    kind: Literal["s3", "https", "directory"]
    location: str
    region: Optional[str]


@dataclass(frozen=True)
class Model:
    """A model description, one JSON file a model."""

    model: str
    repository: str
    directory: str
    source: Source
    expected_bytes: int
    manifest: Optional[str]

    def __post_init__(self) -> None:
        if not os.path.isabs(self.directory):
            raise ValueError(f"directory: {self.directory!r} is not an absolute path")


@dataclass(frozen=True)
class Entry:
    """A file of a model; the path is relative to the model's directory."""

    path: str
    size: int
    sha256: str

    def __post_init__(self) -> None:
        parts = self.path.split("/")
        if any(part.startswith(".") or not part for part in parts) or not self.path.isprintable():
            raise ValueError(
                f"path: {self.path!r} must be relative, without hidden or empty parts and without `..`"
            )
        if self.path.endswith(PARTIAL):
            raise ValueError(f"path: {self.path!r} has the ending of an unfinished download")
        if self.size < 0:
            raise ValueError(f"size: {self.path} cannot have {self.size} bytes")
        if not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(f"sha256: that of {self.path} is not 64 lower-case hexadecimal digits")


@dataclass(frozen=True)
class Manifest:
    """All files of a model."""

    version: Literal[1]
    files: Tuple[Entry, ...]

    def __post_init__(self) -> None:
        paths = {entry.path for entry in self.files}
        if not paths:
            raise ValueError("files: a model without files cannot be right; record the manifest again")
        if len(paths) != len(self.files):
            raise ValueError("files: a path stands there twice; record the manifest again")
        for path in paths:
            if any(str(parent) in paths for parent in Path(path).parents):
                raise ValueError(f"files: a file of {path} is also its directory; record the manifest again")

    @property
    def total(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files)


def load(path: str) -> Tuple[Manifest, str]:
    """A manifest and the hash that the completion marker holds.

    Raises:
        config.ConfigError: the file is missing or is no manifest.
    """
    manifest = config.load(Manifest, path)
    return manifest, digest(path)


def digest(path: str) -> str:
    """The sha256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(BLOCK_BYTES), b""):
            found.update(block)
    return found.hexdigest()


def fault_of(directory: str, entry: Entry, *, deep: bool) -> Optional[str]:
    """What is wrong with a file of a model, or None.

    Args:
        directory: the model's.
        entry: what the manifest says.
        deep: compare the content too, and not only the size.
    """
    path = os.path.join(directory, entry.path)
    try:
        size = os.stat(path).st_size
        if not os.path.isfile(path):
            return "is not a file"
        if size != entry.size:
            return f"has {size} bytes instead of {entry.size}"
        if deep and digest(path) != entry.sha256:
            return "has the right size and another content"
    except DAMAGED:
        return "is missing"
    except OSError as fault:
        return f"cannot be read ({fault.strerror or fault})"
    return None


def is_marked(directory: str, manifest_digest: str) -> bool:
    """Does the completion marker name this very manifest?"""
    try:
        return Path(directory, MARKER).read_text(encoding="ascii").strip() == manifest_digest
    except (OSError, UnicodeDecodeError):
        return False


def mark(directory: str, manifest_digest: str) -> None:
    """Write the completion marker: the last thing that is done to a model."""
    files.write_atomic(os.path.join(directory, MARKER), f"{manifest_digest}\n".encode("ascii"))


def unmark(directory: str) -> None:
    """Take the completion marker away, before a file of the model is touched."""
    try:
        os.unlink(os.path.join(directory, MARKER))
    except DAMAGED:
        return


def record(directory: str) -> Manifest:
    """The manifest of a directory that is known to be good; hidden and unfinished files are left out.

    Raises:
        OSError: a file cannot be read.
        ValueError: the directory holds nothing, or a path that a manifest cannot hold.
    """
    return Manifest(1, tuple(_entry(directory, path) for path in sorted(_paths(directory))))


def _entry(directory: str, path: str) -> Entry:
    whole = os.path.join(directory, path)
    return Entry(path, os.stat(whole).st_size, digest(whole))


def _paths(directory: str) -> Iterator[str]:
    def fail(fault: OSError) -> None:
        raise fault

    for folder, folders, names in os.walk(directory, onerror=fail):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and not name.endswith(PARTIAL):
                yield os.path.relpath(os.path.join(folder, name), directory)
