"""The watchdog on each worker: it judges the engine once a tick, and restarts it when a restart can help."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.columns import directory
from compiler.formats.json import Value
from compiler.formats.marked import (
    CommandName,
    Connects,
    Credential,
    MayRead,
    Mount,
    Reads,
    Runs,
    UnitName,
    UsesVariable,
    Writes,
)
from compiler.formats.unit import Directive, Unit, command, section, unit, words
from compiler.spec.hosts import GpuWorker
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets import common
from targets.common import install, units

_TOKEN = "api-key"  # noqa: S105 - the credential's name
_NOT_HEALTHY = (*range(10, 18), *range(20, 30))  # the states of watchdog.py, each a reported outcome


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """Program, configuration, service, timer and installer."""
    name = common.name_of(place)
    worker, serving = runtime.worker(name), runtime.served_by(name)
    watchdog = runtime.watchdog
    timer = runtime.layout.unit(watchdog.unit, "timer")
    yield from common.programs(runtime, Path(__file__).parent)
    yield common.config(runtime, "watchdog", _config(runtime, worker, serving))
    yield common.unit_file(
        runtime, runtime.layout.unit(watchdog.unit), _service(runtime, worker, runtime.demands_key(serving))
    )
    yield common.unit_file(runtime, timer, _timer(runtime))
    yield from install.artifacts(runtime, worker, _installer(runtime, timer, runtime.demands_key(serving)))


def _config(runtime: Runtime, worker: GpuWorker, serving: Serving) -> Value:
    layout, engine = runtime.layout, runtime.engine
    return {
        "unit": UnitName(runtime.engine_unit()),
        "rehydrate_unit": UnitName(layout.unit(runtime.rehydration.unit)),
        "mount": Mount(worker.nvme.mount),
        "model_description": Reads(f"{layout.models}/{serving.model}.json"),
        "address_file": Reads(layout.bind_file),
        "address_variable": UsesVariable(common.BIND_VARIABLE),
        "port": Connects(serving.port),
        "model_id": runtime.primary(serving).served_name,
        "context_length": serving.context_length,
        "gpus": _gpus(runtime, worker),
        "dependencies": {
            "python": Runs(f"{runtime.engine_venv()}/bin/python"),
            "modules": list(engine.modules),
            "commands": [CommandName(one) for one in (*worker.given.commands, *engine.commands)],
            "path": runtime.search_path(worker),
        },
        "policy": _policy(runtime),
        "token_credential": Credential(_TOKEN) if runtime.demands_key(serving) else None,
        "maintenance_lease": MayRead(layout.lease),
        "memory": Writes(f"{layout.state}/watchdog/memory.json"),
        "report": Writes(f"{layout.run}/watchdog.json"),
        "metrics": Writes(f"{layout.run}/watchdog.prom"),
    }


def _gpus(runtime: Runtime, worker: GpuWorker) -> Value:
    instance = runtime.instance(worker)
    gpu = runtime.hardware.gpus[instance.gpu]
    return {"count": instance.count, "name": gpu.name, "memory_bytes": gpu.memory.bytes}


def _policy(runtime: Runtime) -> Value:
    watchdog = runtime.watchdog
    return {
        "load_grace_seconds": watchdog.load_grace.seconds,
        "failures_before_restart": watchdog.failures_before_restart,
        "restarts_per_hour": watchdog.restarts_per_hour,
        "latch_after_restarts": watchdog.latch_after_restarts,
        "backoff_initial_seconds": watchdog.backoff_initial.seconds,
        "backoff_limit_seconds": watchdog.backoff_limit.seconds,
        "probe_timeout_seconds": watchdog.probe_timeout.seconds,
        "deep_probe_timeout_seconds": watchdog.deep_probe_timeout.seconds,
        "deep_probe_interval_seconds": watchdog.deep_probe_interval.seconds,
    }


def _service(runtime: Runtime, worker: GpuWorker, demands_key: bool) -> Unit:
    layout = runtime.layout
    arguments = ("--config", common.config_path(runtime, "watchdog"))
    return unit(
        section("Unit", Description=f"{runtime.title}: watchdog of the model server"),
        section(
            "Service",
            Type="oneshot",
            ExecStart=command(common.call(runtime, "watchdog.py", *arguments)),
            SuccessExitStatus=words(_NOT_HEALTHY),
            TimeoutStartSec=runtime.watchdog.run_timeout,
            LoadCredential=f"{_TOKEN}:{layout.credentials}/{_TOKEN}" if demands_key else None,
            StateDirectory=f"{runtime.name}/watchdog",
            StateDirectoryMode="0700",
            ReadWritePaths=words([layout.run]),
            ReadOnlyPaths=words([f"-{worker.nvme.mount}"]),
            **_sandbox(runtime, worker),
        ),
    )


def _sandbox(runtime: Runtime, worker: GpuWorker) -> dict[str, Directive]:
    """nvidia-smi asks the driver by /dev and /proc/driver, and looks up processes that are not ours."""
    return {
        **units.sandbox(),
        "PrivateDevices": False,
        "DevicePolicy": "closed",
        "DeviceAllow": units.gpu_devices(runtime, worker),
        "ProcSubset": "all",
        "ProtectProc": "default",
        "IPAddressDeny": "any",
        "IPAddressAllow": runtime.network,
    }


def _timer(runtime: Runtime) -> Unit:
    wanted = runtime.watchdog
    about = f"{runtime.title}: watchdog of the model server, once a tick"
    return units.timer(about, wanted.boot_delay, wanted.interval, wanted.accuracy)


def _installer(runtime: Runtime, timer: str, demands_key: bool) -> install.Installer:
    token = install.Secret(f"{runtime.layout.credentials}/{_TOKEN}", {_TOKEN: runtime.secrets.api_key})
    return install.Installer(
        name="watchdog",
        script=runtime.watchdog.installer,
        directories=[directory(f"{runtime.layout.state}/watchdog", 0o700, "root", "root")],
        secrets=[token] if demands_key else [],
        enable=[timer],
    )


TARGET = Target("watchdog", common.workers, plan)
