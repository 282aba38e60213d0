"""Shapes that several targets share: where a program, a configuration or a unit goes, and what an
installer is told.

Only shapes: what stands in a file is its own target's business.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compiler.artifact import Artifact, Client, Docs, Host, Place
from compiler.formats.columns import Columns
from compiler.formats.json import Json, Value
from compiler.formats.safe import Safe
from compiler.formats.script import Script
from compiler.formats.unit import Directive, Unit, words
from compiler.formats.verbatim import Given, Verbatim
from compiler.spec.hosts import GpuWorker, HostBase
from compiler.spec.runtime import Runtime

PYTHON = "/usr/bin/python3"
BIND_VARIABLE = "BIND_ADDRESS"
NETWORK = "network-online.target"
ALLOWED_CALLS = (words(["@system-service"]), words(["~@privileged", "@resources"]))
_DRIVER_DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")


def control_planes(runtime: Runtime) -> Iterable[Place]:
    """The places of targets that keep routes."""
    return [Host(name) for name, _ in runtime.control_planes()]


def ingresses(runtime: Runtime) -> Iterable[Place]:
    """The places of targets that serve the public hostnames."""
    return [Host(name) for name, _ in runtime.ingresses()]


def workers(runtime: Runtime) -> Iterable[Place]:
    """The places of targets that serve models."""
    return [Host(name) for name, _ in runtime.workers()]


def hosts(runtime: Runtime) -> Iterable[Place]:
    """Every host."""
    return [Host(name) for name in sorted(runtime.hosts)]


def docs(_: Runtime) -> Iterable[Place]:
    """The pages for people."""
    return [Docs()]


def clients(runtime: Runtime, kind: str) -> Iterable[Place]:
    """Every client of a kind."""
    return [Client(name) for name, client in sorted(runtime.clients.items()) if client.kind == kind]


def name_of(place: Place) -> str:
    """The name of a host or client in the spec."""
    return "" if isinstance(place, Docs) else place.name


def program(runtime: Runtime, source: Path, name: str | None = None) -> Artifact:
    """A shipped program; all lie in one folder, so that they can import each other."""
    return Artifact(f"{runtime.layout.lib}/{name or source.name}", Verbatim(source), 0o755)


def programs(runtime: Runtime, folder: Path, **renamed: str) -> Iterable[Artifact]:
    """Every program of a target's folder, some under the name that the spec gives them."""
    for source in sorted((folder / "programs").glob("*.py")):
        yield program(runtime, source, renamed.get(source.stem))


def config(runtime: Runtime, name: str, value: Value) -> Artifact:
    """A JSON configuration of one of our programs."""
    return Artifact(f"{runtime.layout.etc}/{name}.json", Json(value))


def config_path(runtime: Runtime, name: str) -> str:
    """Where `config` puts it."""
    return f"{runtime.layout.etc}/{name}.json"


def unit_file(runtime: Runtime, name: str, content: Unit) -> Artifact:
    """A unit of ours."""
    return Artifact(runtime.layout.unit_path(name), content)


def call(runtime: Runtime, name: str, *words: str, python: str = PYTHON) -> list[str]:
    """The command line of a shipped program."""
    return [python, f"{runtime.layout.lib}/{name}", *words]


def lock(runtime: Runtime, name: str, source: str) -> Artifact:
    """A hash-locked requirement list, from beside the spec."""
    return Artifact(f"{runtime.layout.locks}/{name}.txt", Given(runtime.input(source)))


@dataclass(frozen=True)
class Environment:
    """A Python environment that an installer builds from a hash-locked list."""

    path: str
    lock: str


@dataclass(frozen=True)
class Secret:
    """A secret file that an installer fills from the store: `values` name references, never secrets."""

    file: str
    values: dict[str, str]
    format: str = "raw"


@dataclass(frozen=True)
class Installer:
    """What one installer does on one host, in the order in which it does it."""

    name: str
    script: str
    packages: Sequence[str] = ()
    users: Sequence[tuple[str, ...]] = ()
    directories: Sequence[tuple[str, ...]] = ()
    environments: Sequence[Environment] = ()
    secrets: Sequence[Secret] = ()
    enable: Sequence[str] = field(default=())


def install(runtime: Runtime, host: HostBase, wanted: Installer) -> Iterable[Artifact]:
    """The files of one installer: its users and directories, its configuration, and the operators'
    command.
    """
    sysusers = f"/etc/sysusers.d/{runtime.name}-{wanted.name}.conf"
    tmpfiles = f"/etc/tmpfiles.d/{runtime.name}-{wanted.name}.conf"
    if wanted.users:
        yield Artifact(sysusers, Columns(tuple(wanted.users)))
    if wanted.directories:
        yield Artifact(tmpfiles, Columns(tuple(wanted.directories)))
    name = f"install-{wanted.name}"
    yield config(
        runtime,
        name,
        {
            "title": f"{runtime.title}: {wanted.name}",
            "os": dict(zip(("id", "version"), host.os.split("-", 1), strict=True)),
            "at_least": host.versions,
            "packages": list(wanted.packages),
            "sysusers": [sysusers] if wanted.users else [],
            "tmpfiles": [tmpfiles] if wanted.directories else [],
            "environments": [
                {"path": one.path, "python": host.python, "lock": one.lock} for one in wanted.environments
            ],
            "secrets": [_secret(one) for one in wanted.secrets],
            "secret_region": runtime.aws.region if runtime.aws else None,
            "secret_python": _secret_python(runtime, wanted.secrets),
            "enable": list(wanted.enable),
            "disable": [],
        },
    )
    words = call(runtime, "install.py", "--config", config_path(runtime, name))
    yield Artifact(
        f"/usr/local/sbin/{wanted.script}",
        Script(tuple(words), f"installs {wanted.name} on this host"),
        0o755,
    )


def _secret(one: Secret) -> Value:
    return {
        "file": one.file,
        "owner": "root",
        "group": "root",
        "mode": "0600",
        "format": one.format,
        "values": dict(sorted(one.values.items())),
    }


def _secret_python(runtime: Runtime, secrets: Sequence[Secret]) -> str | None:
    remote = any(reference.startswith("ssm:") for one in secrets for reference in one.values.values())
    return f"{runtime.layout.aws_tools}/bin/python" if remote else None


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
    """What a service that asks the GPUs needs of /dev, as values of DeviceAllow=."""
    gpus = [f"nvidia{number}" for number in range(runtime.instance(worker).count)]
    return tuple(words([f"/dev/{name}", "rw"]) for name in (*gpus, *_DRIVER_DEVICES))
