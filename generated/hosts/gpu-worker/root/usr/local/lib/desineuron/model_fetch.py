"""Brings the missing files of a model from its source into its directory.

It exists so that a download that is killed anywhere can go on: a file grows as `<file>.partial` beside
its place, from front to back, is compared with the manifest's sha256 as it lies on the disk, and takes
its name only then. Tools that compare size and time, or that trust the transport, have reported success
on wrong bytes.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import BinaryIO, Callable, List, Optional, Sequence

import model_manifest
from hostkit import files
from model_manifest import PARTIAL, Entry
from model_sources import Interrupted, Missing, Read, SourceError

PIECE_BYTES = 8 << 20
BACKOFF_SECONDS = 1.0  # before the second attempt; doubles
BACKOFF_LIMIT_SECONDS = 30.0


class FetchError(Exception):
    """A file could not be brought; the text says which and why."""


class Stopped(Exception):
    """Another file failed, so this one was left where it was."""


class Throttle:
    """Lets so many bytes a second through, over all threads; None for no limit."""

    def __init__(self, bytes_per_second: Optional[int]) -> None:
        self._rate = bytes_per_second
        self._lock = threading.Lock()
        self._free_at = time.monotonic()

    def delay(self, amount: int) -> float:
        """Seconds to wait before `amount` bytes may be asked for; they are accounted for with the call."""
        if self._rate is None:
            return 0.0
        with self._lock:
            now = time.monotonic()
            mine = max(now, self._free_at)
            self._free_at = mine + amount / self._rate
            return mine - now


@dataclass(frozen=True)
class Manners:
    """How the source is treated."""

    attempts: int
    parallel: int
    throttle: Throttle


class Fetch:
    """One download of some files of one model."""

    def __init__(self, directory: str, read: Read, manners: Manners, told: Callable[[Entry], None]) -> None:
        self._directory = directory
        self._read = read
        self._manners = manners
        self._told = told
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.fetched = 0  # bytes that came from the source

    def run(self, entries: Sequence[Entry]) -> None:
        """Bring all files, the largest first; after the first failure the others stop where they are.

        Raises:
            FetchError: a file could not be brought; what was brought stays for the next run.
        """
        with ThreadPoolExecutor(self._manners.parallel, "fetch") as pool:
            ordered = sorted(entries, key=lambda entry: (-entry.size, entry.path))
            running = [pool.submit(self._one, entry) for entry in ordered]
            try:
                wait(running, return_when=FIRST_EXCEPTION)
            finally:
                self._stop.set()
        _raise_first(running)

    def _one(self, entry: Entry) -> None:
        if self._stop.is_set():
            raise Stopped
        target = os.path.join(self._directory, entry.path)
        try:
            _make_parent(self._directory, target)
            self._bring(target, entry)
        except SourceError as fault:
            raise FetchError(str(fault)) from fault
        except OSError as fault:
            full = " (the disk is full)" if fault.errno == errno.ENOSPC else ""
            raise FetchError(f"{target}: {fault.strerror or fault}{full}") from fault
        with self._lock:
            self._told(entry)

    def _bring(self, target: str, entry: Entry) -> None:
        """Fill the partial file, compare it, and give it its name; a wrong one is begun anew once."""
        partial = target + PARTIAL
        for again in (True, False):
            self._fill(partial, entry)
            if model_manifest.digest(partial) == entry.sha256:
                os.replace(partial, target)
                files.sync_directory(os.path.dirname(target))
                return
            os.unlink(partial)
            if not again:
                raise Missing(
                    f"{target}: the source's bytes do not have the manifest's sha256, twice: "
                    "the source is damaged, or the manifest is of another version of the model"
                )

    def _fill(self, partial: str, entry: Entry) -> None:
        with open(os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644), "r+b") as stream:
            held = stream.seek(0, os.SEEK_END)
            if held > entry.size:
                held = stream.truncate(0)
            stream.seek(held)
            while held < entry.size:
                held += self._append(stream, entry, held, min(held + PIECE_BYTES, entry.size))
            os.fsync(stream.fileno())

    def _append(self, stream: BinaryIO, entry: Entry, start: int, end: int) -> int:
        self._pause(self._manners.throttle.delay(end - start))
        piece = self._piece(entry, start, end)
        stream.write(piece)
        stream.flush()
        with self._lock:
            self.fetched += len(piece)
        return len(piece)

    def _piece(self, entry: Entry, start: int, end: int) -> bytes:
        backoff = BACKOFF_SECONDS
        for _ in range(self._manners.attempts - 1):
            try:
                return self._read(entry, start, end)
            except Interrupted:
                self._pause(backoff)
                backoff = min(2 * backoff, BACKOFF_LIMIT_SECONDS)
        try:
            return self._read(entry, start, end)
        except Interrupted as fault:
            raise Interrupted(f"{fault}; given up after {self._manners.attempts} attempts") from fault

    def _pause(self, seconds: float) -> None:
        if self._stop.wait(seconds) if seconds > 0 else self._stop.is_set():
            raise Stopped


def remaining(directory: str, entries: Sequence[Entry]) -> int:
    """Bytes that are still to come, given what earlier runs left."""
    return sum(entry.size - min(entry.size, _held(directory, entry)) for entry in entries)


def sweep(directory: str) -> None:
    """Remove unfinished files that no manifest asks for any more; only for a directory that is complete."""
    for folder, _, names in os.walk(directory):
        for name in names:
            if name.endswith(PARTIAL):
                os.unlink(os.path.join(folder, name))


def _held(directory: str, entry: Entry) -> int:
    try:
        return os.stat(os.path.join(directory, entry.path + PARTIAL)).st_size
    except OSError:
        return 0


def _make_parent(directory: str, target: str) -> None:
    parent = os.path.dirname(target)
    os.makedirs(parent, exist_ok=True)
    real, root = os.path.realpath(parent), os.path.realpath(directory)
    if os.path.commonpath([real, root]) != root:
        raise Missing(f"{parent} leads out of the model's directory by a link; remove the link")


def _raise_first(running: Sequence[Future[None]]) -> None:
    faults: List[BaseException] = [fault for one in running if (fault := one.exception()) is not None]
    told = [fault for fault in faults if not isinstance(fault, Stopped)]
    if told:
        more = f" (and {len(told) - 1} more)" if len(told) > 1 else ""
        raise FetchError(f"{told[0]}{more}") from told[0]
