"""Files that the spec names and hosts receive as they are: requirement locks, model manifests, tuned kernels.

They lie below the spec's own folder and are inputs like the spec itself: read once, here, before anything is
rendered, so that rendering stays pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path as FilePath

from compiler.diagnostics import Diagnostic
from compiler.spec.models import Stored
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

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
            findings.append(
                Diagnostic(
                    "DN030",
                    f"the file {name} {problem}",
                    path=path,
                    reason="hosts receive this file as it is, so it is an input like the spec",
                    help=f"put it below {folder} and commit it, or correct the name",
                )
            )
    return inputs, findings


def _read_into(inputs: Inputs, folder: FilePath, name: str) -> str:
    place = folder / name
    try:
        if not place.resolve().is_relative_to(folder.resolve()):
            return "leads out of the spec's folder"
        if place.stat().st_size > LIMIT_BYTES:
            return f"has more than {LIMIT_BYTES} bytes"
        inputs[name] = place.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return ""
