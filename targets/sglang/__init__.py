"""The engine on each worker: unit, launch arguments, address discovery, caches on NVMe, installer, AWS
policies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from compiler.artifact import Artifact, Place, Target
from compiler.formats.columns import Columns, directory
from compiler.formats.columns import user as account
from compiler.formats.env import Env
from compiler.formats.json import Value
from compiler.formats.marked import Binds, Credential, Reads, Runs, SetsVariable, UsesVariable, Writes
from compiler.formats.verbatim import Given
from compiler.spec.hosts import GpuWorker
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets import common
from targets.common import install
from targets.sglang import caches, unit
from targets.sglang.arguments import arguments
from targets.sglang.rules import RULES

IMDS = "http://169.254.169.254"


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """Everything that makes a worker serve its profile."""
    name = common.name_of(place)
    worker = runtime.worker(name)
    serving = runtime.served_by(name)
    yield from common.programs(runtime, Path(__file__).parent)
    profile = next(key for key, one in sorted(runtime.serving.items()) if one is serving)
    service = runtime.engine_unit()
    yield common.unit_file(runtime, service, unit.engine(runtime, worker, profile))
    yield common.unit_file(runtime, unit.nodes_name(runtime), unit.nodes(runtime, worker))
    yield common.config(runtime, "discovery", _discovery(runtime, worker))
    yield common.config(runtime, "launch", _launch(runtime, worker, serving))
    yield Artifact(
        f"{runtime.layout.etc}/{runtime.engine.unit}.env",
        Env(tuple(caches.variables(runtime, worker, serving).items())),
    )
    yield Artifact(unit.nvme_directories(runtime), Columns(caches.directories(worker, unit.user(runtime))))
    yield from _kernels(runtime, serving)
    yield common.lock(runtime, runtime.engine.name, runtime.engine.lock)
    yield common.lock(runtime, "aws-tools", runtime.route_sync.lock)
    yield from install.artifacts(runtime, worker, _installer(runtime, serving, service))


def _discovery(runtime: Runtime, worker: GpuWorker) -> Value:
    static = worker.address.source == "static"
    return {
        "source": worker.address.source,
        "address": worker.address.last_seen if static else None,
        "last_seen": worker.address.last_seen,
        "network": runtime.network,
        "imds_url": IMDS,
        "timeout_seconds": 5,
        "variable": SetsVariable(common.BIND_VARIABLE),
        "output": Writes(runtime.layout.bind_file),
    }


def _launch(runtime: Runtime, worker: GpuWorker, serving: Serving) -> Value:
    return {
        "python": Runs(f"{runtime.engine_venv()}/bin/python"),
        "module": "sglang.launch_server",
        "address_file": Reads(runtime.layout.bind_file),
        "address_variable": UsesVariable(common.BIND_VARIABLE),
        "port": Binds(serving.port),
        "model_directory": Reads(runtime.model_directory(worker, runtime.primary(serving))),
        "arguments": arguments(runtime, worker, serving),
        "auth_credential": Credential(unit.auth_name(runtime)),
    }


def _kernels(runtime: Runtime, serving: Serving) -> Iterator[Artifact]:
    for kernel in serving.tuned_kernels.files:
        name = PurePosixPath(kernel.file).name
        yield Artifact(f"{caches.kernel_folder(runtime, serving)}/{name}", Given(runtime.input(kernel.file)))


def _installer(runtime: Runtime, serving: Serving, service: str) -> install.Installer:
    layout, engine, name = runtime.layout, runtime.engine, unit.user(runtime)
    keys = {"api-key": runtime.secrets.api_key} if runtime.demands_key(serving) else {}
    return install.Installer(
        name=engine.unit,
        script=engine.installer,
        packages=["python3-venv", *engine.packages],
        users=[account(name, "model server", "/nonexistent", "/usr/sbin/nologin")],
        directories=[
            directory(layout.run, 0o755, "root", "root"),
            directory(layout.credentials, 0o700, "root", "root"),
            directory(caches.kernel_folder(runtime, serving), 0o755, "root", "root"),
        ],
        environments=[
            install.Environment(layout.aws_tools, f"{layout.locks}/aws-tools.txt"),
            install.Environment(runtime.engine_venv(), f"{layout.locks}/{engine.name}.txt"),
        ],
        secrets=[
            install.Secret(
                f"{layout.credentials}/{unit.auth_name(runtime)}",
                {**keys, "admin-api-key": runtime.secrets.admin_api_key},
                "yaml",
            )
        ],
        enable=[service],
    )


TARGET = Target("sglang", common.workers, plan, RULES)
