"""The engine's unit: as tight as a GPU server with run-time kernel builds allows."""

from __future__ import annotations

import math

from compiler.formats.unit import Directive, Unit, command, section, unit, words
from compiler.spec.hosts import GpuWorker
from compiler.spec.runtime import Runtime
from targets import common
from targets.common import units
from targets.sglang import caches

_CONFIGURATION = 78
_STARTS = 4
_MODPROBE = "/usr/bin/nvidia-modprobe"


def user(runtime: Runtime) -> str:
    """The account that the engine runs as."""
    return f"{runtime.name}-{runtime.engine.unit}"


def engine(runtime: Runtime, worker: GpuWorker, serving: str) -> Unit:
    """The unit file. SGLang has no readiness protocol, so the load grace is the watchdog's (section 8).

    An engine that dies again and again within the load grace is started four times and then stays down, until
    the watchdog, which has a budget and a latch, or a person resets it (`systemctl reset-failed`).
    """
    return unit(
        section(
            "Unit",
            Description=f"{runtime.title}: model server ({serving})",
            **units.on_nvme(worker, nodes_name(runtime)),
            StartLimitIntervalSec=f"{_window(runtime)}s",
            StartLimitBurst=_STARTS,
        ),
        section("Service", **_service(runtime), **_sandbox(runtime, worker)),
        section("Install", WantedBy=words(["multi-user.target"])),
        enabled=True,
    )


def _window(runtime: Runtime) -> int:
    """Seconds in which a loop of deaths at the very end of the load grace still counts as one."""
    turn = runtime.watchdog.load_grace.seconds + runtime.engine.restart_delay.seconds
    return math.ceil(_STARTS * turn)


def nodes_name(runtime: Runtime) -> str:
    """The unit that makes the GPUs' device nodes."""
    return runtime.layout.unit("gpu-nodes")


def nodes(runtime: Runtime, worker: GpuWorker) -> Unit:
    """Makes the GPUs' device nodes before the engine starts, where the driver brings the tool for it.

    Usually the first CUDA program makes them by way of that tool, which is setuid; the engine gains no
    privileges, and its DeviceAllow= is looked up before any step of its own. With -u, -c means the node of
    unified memory: hence two calls. ProtectClock= would forbid all devices but the clock's (systemd.exec(5)).
    """
    minors = [word for number in range(runtime.instance(worker).count) for word in ("-c", str(number))]
    return unit(
        section(
            "Unit",
            Description=f"{runtime.title}: device nodes of the GPUs",
            ConditionFileIsExecutable=_MODPROBE,
            Before=words([runtime.engine_unit()]),
        ),
        section(
            "Service",
            Type="oneshot",
            ExecStart=(command([_MODPROBE, *minors]), command([_MODPROBE, "-u", "-c", "0"])),
            TimeoutStartSec="2min",
            **units.sandbox() | _loads_modules(),
        ),
    )


def _loads_modules() -> dict[str, Directive]:
    return {
        "CapabilityBoundingSet": words(["CAP_SYS_MODULE", "CAP_MKNOD", "CAP_CHOWN", "CAP_FOWNER"]),
        "PrivateDevices": False,
        "ProcSubset": "all",
        "ProtectClock": False,
        "ProtectKernelModules": False,
        "ProtectKernelTunables": False,
        "SystemCallFilter": words(["@system-service", "@module"]),
    }


def _service(runtime: Runtime) -> dict[str, Directive]:
    layout = runtime.layout
    return {
        "Type": "exec",
        "User": user(runtime),
        "Group": user(runtime),
        "EnvironmentFile": f"{layout.etc}/{runtime.engine.unit}.env",
        "LoadCredential": f"{auth_name(runtime)}:{layout.credentials}/{auth_name(runtime)}",
        "ExecStartPre": (
            command(["/usr/bin/systemd-tmpfiles", "--create", nvme_directories(runtime)], "+"),
            command(
                common.call(runtime, "discover.py", "--config", common.config_path(runtime, "discovery")), "+"
            ),
        ),
        "ExecStart": command(
            common.call(runtime, "launch.py", "--config", common.config_path(runtime, "launch"))
        ),
        "Restart": "always",
        "RestartSec": runtime.engine.restart_delay,
        "RestartPreventExitStatus": _CONFIGURATION,
        "TimeoutStopSec": runtime.engine.stop_timeout,
        "KillMode": "mixed",
        "OOMPolicy": "stop",
        "LimitMEMLOCK": "infinity",
        "LimitNOFILE": 1_048_576,
    }


def auth_name(runtime: Runtime) -> str:
    """The credential with both API keys; SGLang wants the ending .yaml."""
    return f"{runtime.engine.unit}-auth.yaml"


def nvme_directories(runtime: Runtime) -> str:
    """Directories on NVMe; not in tmpfiles.d, which runs at boot, when the mount may not be there."""
    return f"{runtime.layout.etc}/nvme-directories.conf"


def _sandbox(runtime: Runtime, worker: GpuWorker) -> dict[str, Directive]:
    return {
        "NoNewPrivileges": True,
        "CapabilityBoundingSet": "",
        "AmbientCapabilities": "",
        "DevicePolicy": "closed",
        "DeviceAllow": units.gpu_devices(runtime, worker),
        "ProtectSystem": "strict",
        # On an empty volume the first step of the start makes this folder, so it may be missing until then.
        "ReadWritePaths": words([f"-{caches.root(worker)}"]),
        "ProtectHome": True,
        "PrivateTmp": True,
        "PrivateMounts": True,
        "ProtectClock": True,
        "ProtectHostname": True,
        "ProtectKernelLogs": True,
        "ProtectKernelModules": True,
        "ProtectKernelTunables": True,
        "ProtectControlGroups": True,
        "RestrictAddressFamilies": words(["AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"]),
        "RestrictNamespaces": True,
        "RestrictRealtime": True,
        "RestrictSUIDSGID": True,
        "LockPersonality": True,
        "RemoveIPC": True,
        "SystemCallArchitectures": "native",
        "SystemCallFilter": words(["@system-service"]),
        "SystemCallErrorNumber": "EPERM",
        "UMask": "0027",
    }
