"""Files that are whole or absent, a lock between runs, and systemd's environment files.

It exists because a host may lose power in any line of a program: a reader must find the old file or the
new one.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import tempfile
from typing import Dict, Iterator, Tuple, Union

from .config import ConfigError

Path = Union[str, "os.PathLike[str]"]

_ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")
_SINGLE = re.compile(r"'([^']*)'")
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r"[^\s'\"\\](?:[^'\"\\]*[^\s'\"\\])?|")
_ESCAPE = re.compile(r'\\(["\\`$])')


class Busy(Exception):
    """Another process holds the lock."""


def write_atomic(path: Path, data: bytes, mode: int = 0o644) -> None:
    """Put `data` at `path` so that a reader, and a host that lost power, finds the old file or the new one.

    Raises:
        OSError: nothing was changed, or only the directory's entry could not be made durable.
    """
    target = os.path.abspath(os.fspath(path))
    folder, name = os.path.split(target)
    handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
    try:
        with open(handle, "wb") as stream:
            os.fchmod(stream.fileno(), mode)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise
    sync_directory(folder)


def write_json(path: Path, value: object, mode: int = 0o644) -> None:
    """Put `value` as JSON at `path`, whole or not at all; its keys are sorted, so that it can be compared.

    Raises:
        OSError: as `write_atomic`.
    """
    text = json.dumps(value, indent=2, sort_keys=True, allow_nan=False)
    write_atomic(path, f"{text}\n".encode(), mode)


def sync_directory(path: Path) -> None:
    """Make the entries of a directory durable (fsync(2): a file's own fsync does not).

    Raises:
        OSError: it is no directory, or the disk failed.
    """
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file at `path`, which stays: removing it would let two runs hold it.

    Raises:
        Busy: another process holds it; nothing waits.
        OSError: the file cannot be made; its directory must exist.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"another process holds {os.fspath(path)}") from None
        yield
    finally:
        os.close(handle)


def read_env_file(path: Path) -> Dict[str, str]:
    """Read the part of systemd's EnvironmentFile= that shells read alike (systemd.exec(5)).

    KEY=value, one pair of quotes around a value, comments with # or ;. A backslash outside double quotes,
    text after a closing quote and a variable given twice are refused: their readers disagree.

    Raises:
        ConfigError: the file cannot be read, or a line is none of these; the message does not hold the line.
    """
    where = os.fspath(path)
    try:
        with open(path, encoding="utf-8", newline="\n") as stream:
            lines = stream.read().split("\n")
    except OSError as fault:
        raise ConfigError(f"{where}: cannot be read: {fault.strerror or fault}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{where}: is no UTF-8 text") from None
    found: Dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        text = line.strip(" \t\r")
        if text and text[0] not in "#;":
            name, value = _assignment(text, f"{where}:{number}")
            if name in found:
                raise ConfigError(f"{where}:{number}: {name} is given twice; remove one of the lines")
            found[name] = value
    return found


def _assignment(text: str, where: str) -> Tuple[str, str]:
    parts = _ASSIGNMENT.fullmatch(text)
    if not parts or "\0" in text:
        raise ConfigError(f"{where}: should be NAME=value, or a comment that begins with #")
    name, value = parts[1], parts[2].strip(" \t")
    single, double = _SINGLE.fullmatch(value), _DOUBLE.fullmatch(value)
    if single:
        return name, single[1]
    if double:
        return name, _ESCAPE.sub(r"\1", double[1])
    if not _BARE.fullmatch(value):
        raise ConfigError(
            f'{where}: the value of {name} should stand in one pair of quotes, as in {name}="value"'
        )
    return name, value
