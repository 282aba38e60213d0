"""What an installer is told: the steps of one concern on one host, in the order in which they are taken."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from compiler.artifact import Artifact
from compiler.formats.columns import Columns
from compiler.formats.json import Value
from compiler.formats.marked import Built, GroupName, Package, Reads, Runs, UnitName, UserName, Writes
from compiler.formats.marked import Secret as Reference
from compiler.formats.script import Script
from compiler.spec.hosts import HostBase
from compiler.spec.runtime import Runtime
from targets import common

FETCHER = "fetch_secret.py"


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


def artifacts(runtime: Runtime, host: HostBase, wanted: Installer) -> Iterable[Artifact]:
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
    yield common.config(
        runtime,
        name,
        {
            "title": f"{runtime.title}: {wanted.name}",
            "os": dict(zip(("id", "version"), host.os.split("-", 1), strict=True)),
            "at_least": host.versions,
            "packages": [Package(one) for one in wanted.packages],
            "sysusers": [Reads(sysusers)] if wanted.users else [],
            "tmpfiles": [Reads(tmpfiles)] if wanted.directories else [],
            "environments": [
                {"path": Built(one.path, one.lock), "python": host.python, "lock": Reads(one.lock)}
                for one in wanted.environments
            ],
            "secrets": [_secret(one) for one in wanted.secrets],
            "secret_region": runtime.aws.region if runtime.aws else None,
            **_fetcher(runtime, wanted.secrets),
            "enable": [UnitName(one) for one in wanted.enable],
        },
    )
    words = common.call(runtime, "install.py", "--config", common.config_path(runtime, name))
    yield Artifact(
        f"/usr/local/sbin/{wanted.script}",
        Script(tuple(words), f"installs {wanted.name} on this host"),
        0o755,
        root="operator",
    )


def _secret(one: Secret) -> Value:
    return {
        "file": Writes(one.file),
        "owner": UserName("root"),
        "group": GroupName("root"),
        "mode": "0600",
        "format": one.format,
        "values": {key: Reference(place) for key, place in sorted(one.values.items())},
    }


def _fetcher(runtime: Runtime, secrets: Sequence[Secret]) -> dict[str, Value]:
    """What asks the remote store, where a secret is kept there."""
    remote = any(place.startswith("ssm:") for one in secrets for place in one.values.values())
    return {
        "secret_python": Runs(f"{runtime.layout.aws_tools}/bin/python") if remote else None,
        "secret_program": Runs(f"{runtime.layout.lib}/{FETCHER}") if remote else None,
    }
