"""Files that the spec names and hosts receive as they are: requirement locks, model manifests, tuned kernels.

They lie below the spec's own folder and are inputs like the spec itself: read once, here, before anything is
rendered, so that rendering stays pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path as FilePath
from stat import S_ISREG

from compiler.diagnostics import Diagnostic, Edit
from compiler.spec import near
from compiler.spec.models import Stored
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.written import written

LIMIT_BYTES = 16 * 1024 * 1024

Inputs = dict[str, bytes]


def named(runtime: Runtime) -> Iterator[tuple[SpecPath, str]]:
    """Each file that the spec names, with the place that names it."""
    yield ("engine", "lock"), runtime.engine.lock
    yield ("route_sync", "lock"), runtime.route_sync.lock
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Stored) and model.manifest is not None:
            yield ("models", key, "manifest"), model.manifest
    for key, serving in sorted(runtime.serving.items()):
        for index, kernel in enumerate(serving.tuned_kernels.files):
            yield ("serving", key, "tuned_kernels", "files", index, "file"), kernel.file


def read(
    runtime: Runtime, folder: FilePath, hidden: AbstractSet[SpecPath] = frozenset()
) -> tuple[Inputs, list[Diagnostic]]:
    """The content of every file that the spec names; a finding for each that cannot be had.

    Names at the places in `hidden` are stand-ins for mistakes, and are not looked for.
    """
    inputs: Inputs = {}
    findings = []
    for path, name in named(runtime):
        if any(path[: len(one)] == one for one in hidden):
            continue
        problem = _read_into(inputs, folder, name)
        if problem:
            findings.append(_not_had(path, name, problem, folder))
    return inputs, findings


def _not_had(path: SpecPath, name: str, problem: str, folder: FilePath) -> Diagnostic:
    directory, _, file = name.rpartition("/")
    beside = {one: f"{directory}/{one}".removeprefix("/") for one in _beside(folder / directory)}
    close, meant = near.nearest(file, beside), near.certain(file, beside)
    way = "put it below the spec's folder and commit it, or correct the name"
    asked = [beside[meant]] if meant else [beside[one] for one in close]
    return Diagnostic(
        "DN030",
        f"the file {name} {problem}",
        path=path,
        reason="hosts receive this file as it is, so it is an input like the spec",
        help=f"{near.asked(asked)} Or {way}" if asked else way,
        edits=(Edit(path, written(beside[meant])),) if meant else (),
    )


def _beside(directory: FilePath) -> list[str]:
    """The names of the files in a directory."""
    try:
        return sorted(one.name for one in directory.iterdir() if one.is_file())
    except OSError:
        return []


def _read_into(inputs: Inputs, folder: FilePath, name: str) -> str:
    place = folder / name
    try:
        if not place.resolve().is_relative_to(folder.resolve()):
            return "leads out of the spec's folder"
        about = place.stat()
        if not S_ISREG(about.st_mode):
            return "is no file"
        if about.st_size > LIMIT_BYTES:
            return f"has more than {LIMIT_BYTES} bytes"
        inputs[name] = place.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    except RuntimeError:  # what Python before 3.13 says of links that lead in a circle
        return "cannot be read: its links lead in a circle"
    return ""
