"""Models on NVMe: what each is and where it comes from, and the program that brings it there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.json import Value
from compiler.formats.marked import Makes, Mount, Reads, Writes
from compiler.formats.script import Script
from compiler.formats.unit import Unit, command, section, unit, words
from compiler.formats.verbatim import Given
from compiler.spec.hosts import GpuWorker
from compiler.spec.models import Stored
from compiler.spec.runtime import Runtime
from targets import common
from targets.common import units


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """The program, the served model's unit, and a command for each staged model."""
    name = common.name_of(place)
    worker, serving = runtime.worker(name), runtime.served_by(name)
    yield from common.programs(runtime, Path(__file__).parent, rehydrate=runtime.rehydration.program)
    yield from _description(runtime, worker, serving.model, runtime.primary(serving))
    yield common.config(runtime, "rehydrate", _config(runtime, worker, serving.model))
    yield common.unit_file(runtime, runtime.layout.unit(runtime.rehydration.unit), _service(runtime, worker))
    for key, model in runtime.staged():
        yield from _description(runtime, worker, key, model)
        yield common.config(runtime, f"stage-{key}", _config(runtime, worker, key))
        about = f"stages {model.repository} on NVMe; changes nothing that is served"
        script = Script(tuple(_call(runtime, f"stage-{key}")), about)
        yield Artifact(f"/usr/local/sbin/{model.script}", script, 0o755, root="operator")


def _description(runtime: Runtime, worker: GpuWorker, key: str, model: Stored) -> Iterator[Artifact]:
    folder = runtime.layout.models
    manifest = f"{folder}/{key}.manifest.json" if model.manifest else None
    value: Value = {
        "model": key,
        "repository": model.repository,
        "directory": Makes(runtime.model_directory(worker, model)),
        "source": _source(runtime, model),
        "expected_bytes": model.weights.bytes,
        "manifest": Reads(manifest) if manifest else None,
    }
    yield common.config(runtime, f"models/{key}", value)
    if manifest and model.manifest:
        yield Artifact(manifest, Given(runtime.input(model.manifest)))


def _source(runtime: Runtime, model: Stored) -> Value:
    location = runtime.rehydration.source
    kind = next((one for one in ("s3", "https") if location.startswith(f"{one}://")), "directory")
    region = runtime.aws.region if runtime.aws and kind == "s3" else None
    return {"kind": kind, "location": f"{location}/{model.directory}", "region": region}


def _config(runtime: Runtime, worker: GpuWorker, key: str) -> Value:
    """One model and its own lock: hours of staging another must not keep the served one from coming back."""
    wanted = runtime.rehydration
    return {
        "mount": Mount(worker.nvme.mount),
        "lock": Writes(f"{runtime.layout.run}/rehydrate-{key}.lock"),
        "models": [Reads(f"{runtime.layout.models}/{key}.json")],
        "free_space_factor": wanted.free_space_factor,
        "parallel": wanted.parallel,
        "bandwidth_bytes_per_second": wanted.bandwidth.bytes if wanted.bandwidth else None,
        "attempts": wanted.attempts,
        "timeout_seconds": wanted.timeout.seconds,
    }


def _call(runtime: Runtime, name: str) -> list[str]:
    python = f"{runtime.layout.aws_tools}/bin/python"
    program = runtime.rehydration.program
    return common.call(runtime, program, "--config", common.config_path(runtime, name), "run", python=python)


def _service(runtime: Runtime, worker: GpuWorker) -> Unit:
    """A model that was there before us may belong to anybody: it is adopted, so modes must not stop it."""
    return unit(
        section(
            "Unit",
            Description=f"{runtime.title}: bring back the served model",
            **units.on_nvme(worker),
        ),
        section(
            "Service",
            Type="oneshot",
            ExecStart=command(_call(runtime, "rehydrate")),
            TimeoutStartSec=runtime.rehydration.run_timeout,
            ReadWritePaths=words([worker.nvme.mount, runtime.layout.run]),
            **units.sandbox() | {"CapabilityBoundingSet": "CAP_DAC_OVERRIDE"},
        ),
    )


TARGET = Target("rehydrate", common.workers, plan)
