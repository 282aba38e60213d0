"""One model and the place where it belongs: the rules that stand between a source and a disk.

It exists apart from the command so that the rules can be read in one place: mount first, then the
manifest, then space, then files, and the completion marker last.
"""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import Callable, List, Optional, Sequence, Tuple

import model_fetch
import model_manifest
from hostkit import config, talk
from model_manifest import Entry, Manifest, Model
from model_sources import reader

NO_PLACE, CONFIGURATION = 73, 78
SIZE_TOLERANCE = 0.1

IsMount = Callable[[str], bool]


@dataclass(frozen=True)
class Settings:
    """rehydrate.json."""

    mount: str
    lock: str
    models: Tuple[str, ...]
    free_space_factor: float
    parallel: int
    bandwidth_bytes_per_second: Optional[int]
    attempts: int
    timeout_seconds: float

    def __post_init__(self) -> None:
        if not 1 <= self.free_space_factor <= 10:
            raise ValueError("free_space_factor: it must be between 1 and 10")
        if self.parallel < 1 or self.attempts < 1 or self.timeout_seconds <= 0:
            raise ValueError("parallel, attempts, timeout_seconds: each must be above 0")
        if self.bandwidth_bytes_per_second is not None and self.bandwidth_bytes_per_second < 1:
            raise ValueError("bandwidth_bytes_per_second: it must be above 0, or null for no limit")


class Trouble(Exception):
    """A model that cannot be made complete now."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Shelf:
    """One model and the place where it belongs."""

    def __init__(self, settings: Settings, description: str, is_mount: IsMount) -> None:
        self._settings = settings
        self._is_mount = is_mount
        self.description = description
        self.directory: Optional[str] = None
        self.fetched = 0

    def run(self, *, dry_run: bool) -> str:
        """Make the model complete; what was done.

        Raises:
            Trouble: it is not complete.
        """
        model, manifest, proof = self._open()
        if self._is_complete(model, manifest, proof):
            return "complete"
        if not dry_run:
            model_manifest.unmark(model.directory)
        wanted = self._wanted(model, manifest, deep=not dry_run)
        self._room(model, manifest, wanted)
        if dry_run:
            return "would be fetched" if wanted else "would be verified"
        if wanted:
            self._fetch(model, manifest, wanted)
        model_manifest.mark(model.directory, proof)
        model_fetch.sweep(model.directory)
        return "fetched" if wanted else "verified"

    def verify(self, *, dry_run: bool) -> str:
        """Hash every file again.

        Raises:
            Trouble: a file is not what the manifest says; the completion marker is gone.
        """
        model, manifest, proof = self._open()
        faults = [
            f"{entry.path} {fault}"
            for entry in manifest.files
            if (fault := model_manifest.fault_of(model.directory, entry, deep=True))
        ]
        if faults:
            if not dry_run:
                model_manifest.unmark(model.directory)
            more = f" (and {len(faults) - 1} more files)" if len(faults) > 1 else ""
            raise Trouble(1, f"{faults[0]}{more}; `run` brings it back")
        if not model_manifest.is_marked(model.directory, proof):
            raise Trouble(1, "every file is right, and the completion marker is missing; `run` sets it")
        return "verified"

    def _open(self) -> Tuple[Model, Manifest, str]:
        model = config.load(Model, self.description)
        self.directory = model.directory
        if model.manifest is None:
            raise Trouble(CONFIGURATION, _unrecorded(model))
        manifest, proof = model_manifest.load(model.manifest)
        if abs(manifest.total - model.expected_bytes) > SIZE_TOLERANCE * model.expected_bytes:
            talk.warning(
                f"{model.model}: the manifest has {manifest.total} bytes and the specification expects "
                f"{model.expected_bytes}; correct whichever is wrong"
            )
        self._check_mount(model)
        return model, manifest, proof

    def _check_mount(self, model: Model) -> None:
        mount = self._settings.mount
        if not self._is_mount(mount):
            raise Trouble(
                NO_PLACE,
                f"nothing is mounted at {mount}, and models never go to the root disk; mount it first",
            )
        real = os.path.realpath(model.directory)
        if os.path.commonpath([real, os.path.realpath(mount)]) != os.path.realpath(mount):
            raise Trouble(NO_PLACE, f"{model.directory} is not below {mount}")

    def _is_complete(self, model: Model, manifest: Manifest, proof: str) -> bool:
        return model_manifest.is_marked(model.directory, proof) and not self._wanted(
            model, manifest, deep=False
        )

    def _wanted(self, model: Model, manifest: Manifest, *, deep: bool) -> List[Entry]:
        """What is missing or wrong; without the marker, only the content tells."""
        return [one for one in manifest.files if model_manifest.fault_of(model.directory, one, deep=deep)]

    def _room(self, model: Model, manifest: Manifest, wanted: Sequence[Entry]) -> None:
        """Is there space for what is still to come, and for the factor's share of the whole on top?"""
        coming = model_fetch.remaining(model.directory, wanted)
        needed = coming + int(manifest.total * (self._settings.free_space_factor - 1)) if coming else 0
        free = shutil.disk_usage(self._settings.mount).free
        if free < needed:
            raise Trouble(
                NO_PLACE,
                f"{self._settings.mount} has {_gb(free)} free and {_gb(needed)} are needed; make room there",
            )

    def _fetch(self, model: Model, manifest: Manifest, wanted: Sequence[Entry]) -> None:
        os.makedirs(model.directory, exist_ok=True)
        if os.stat(model.directory).st_dev != os.stat(self._settings.mount).st_dev:
            raise Trouble(
                NO_PLACE, f"{model.directory} is on another file system than {self._settings.mount}"
            )
        settings = self._settings
        manners = model_fetch.Manners(
            settings.attempts, settings.parallel, model_fetch.Throttle(settings.bandwidth_bytes_per_second)
        )
        read = reader(model.source, settings.timeout_seconds, settings.parallel)
        fetch = model_fetch.Fetch(model.directory, read, manners, _teller(model, manifest, wanted))
        try:
            fetch.run(wanted)
        finally:
            self.fetched = fetch.fetched


def _teller(model: Model, manifest: Manifest, wanted: Sequence[Entry]) -> Callable[[Entry], None]:
    """Says how far it is, once a file."""
    done = [manifest.total - sum(entry.size for entry in wanted)]

    def tell(entry: Entry) -> None:
        done[0] += entry.size
        talk.info(f"{model.model}: {entry.path} is there; {_gb(done[0])} of {_gb(manifest.total)}")

    return tell


def _unrecorded(model: Model) -> str:
    name = f"{os.path.basename(model.directory)}.manifest.json"
    return (
        "its manifest has not been recorded, so nothing can be verified and nothing is fetched. "
        f"Where a copy is known to be good, run `{sys.argv[0]} manifest {model.directory} > {name}`, "
        "put the file beside the specification, name it as this model's manifest, and compile"
    )


def _gb(amount: int) -> str:
    return f"{amount / 1e9:.1f} GB"
