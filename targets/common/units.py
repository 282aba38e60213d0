"""Parts of units that several targets share: timers, what needs the NVMe, and what a helper gives up."""

from __future__ import annotations

from compiler.formats.safe import Safe
from compiler.formats.unit import Directive, Unit, section, unit, words
from compiler.spec.hosts import GpuWorker
from compiler.spec.runtime import Runtime
from compiler.spec.units import Duration

NETWORK = "network-online.target"
ALLOWED_CALLS = (words(["@system-service"]), words(["~@privileged", "@resources"]))
_DRIVER_DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")
_DRIVER_CLASSES = ("nvidia", "nvidia-frontend", "nvidiactl", "nvidia-uvm")  # names of /proc/devices


def timer(about: str, boot_delay: Duration, interval: Duration, accuracy: Duration) -> Unit:
    """Starts the service of its own name again and again; monotonic, so that no clock's jump matters."""
    return unit(
        section("Unit", Description=about),
        section("Timer", OnBootSec=boot_delay, OnUnitInactiveSec=interval, AccuracySec=accuracy),
        section("Install", WantedBy=words(["timers.target"])),
        enabled=True,
    )


def on_nvme(worker: GpuWorker, *others: str) -> dict[str, Directive]:
    """What a unit that needs the model's file system says: it never starts on the bare mount point.

    Args:
        worker: the host.
        others: more units that it wants before it starts.
    """
    mounts = [worker.nvme.unit] if worker.nvme.unit else []
    return {
        "Wants": words([NETWORK, *mounts, *others]),
        "After": words([NETWORK, *mounts, *others]),
        "AssertPathIsMountPoint": worker.nvme.mount,
    }


def sandbox() -> dict[str, Directive]:
    """What every helper service of ours gives up; a unit takes back what it needs.

    They stay root for the files that they keep, and root without capabilities is bound by modes like anybody.
    A system call that is not allowed fails, where a kill would leave a step half done.
    """
    return {
        "NoNewPrivileges": True,
        "CapabilityBoundingSet": "",
        "ProtectSystem": "strict",
        "ProtectHome": True,
        "PrivateTmp": True,
        "PrivateDevices": True,
        "PrivateMounts": True,
        "ProcSubset": "pid",
        "ProtectProc": "invisible",
        "ProtectClock": True,
        "ProtectControlGroups": True,
        "ProtectHostname": True,
        "ProtectKernelLogs": True,
        "ProtectKernelModules": True,
        "ProtectKernelTunables": True,
        "RestrictNamespaces": True,
        "RestrictRealtime": True,
        "RestrictSUIDSGID": True,
        "LockPersonality": True,
        "MemoryDenyWriteExecute": True,
        "SystemCallArchitectures": "native",
        "SystemCallFilter": ALLOWED_CALLS,
        "SystemCallErrorNumber": "EPERM",
        "RestrictAddressFamilies": words(["AF_INET", "AF_INET6", "AF_UNIX"]),
    }


def gpu_devices(runtime: Runtime, worker: GpuWorker) -> tuple[Safe, ...]:
    """What a service that asks the GPUs needs of /dev, as values of DeviceAllow=.

    systemd looks the paths up when the service starts, and leaves out what is not there; so the driver's
    classes stand there too, for nodes that are made later. Before driver 550 `nvidia` was `nvidia-frontend`.
    """
    gpus = [f"nvidia{number}" for number in range(runtime.instance(worker).count)]
    nodes = tuple(words([f"/dev/{name}", "rw"]) for name in (*gpus, *_DRIVER_DEVICES))
    return (*nodes, *(words([f"char-{name}", "rw"]) for name in _DRIVER_CLASSES))
