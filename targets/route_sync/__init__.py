"""Route-sync on the control plane: finds the worker, makes sure that it serves, tells every ingress."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.columns import directory
from compiler.formats.env import Env
from compiler.formats.json import Value
from compiler.formats.marked import Connects, Login, Reads, Url, UsesVariable, Writes
from compiler.formats.script import Script
from compiler.formats.ssh import KnownHosts
from compiler.formats.unit import Unit, command, section, unit, words
from compiler.spec.hosts import Ingress
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Ec2Discovery, Serving
from targets import common
from targets.common import install, units
from targets.route_sync.rules import RULES

_BUSY = 75  # another run is at work, by hand perhaps
_SSH_KEY, _TOKEN = "route-sync-ssh-key", "api-key"


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """Program, configuration, service, timer, the operators' entry and the installer."""
    host = runtime.hosts[common.name_of(place)]
    wanted, layout = runtime.route_sync, runtime.layout
    timer = layout.unit(wanted.unit, "timer")
    yield from common.programs(runtime, Path(__file__).parent, sync_route=wanted.program)
    yield common.config(runtime, wanted.unit, _config(runtime))
    yield Artifact(_env_file(runtime), Env(((wanted.port_variable, _port(runtime)),)))
    yield Artifact(
        f"/usr/local/bin/{wanted.wrapper}",
        Script(tuple(_call(runtime)), "synchronises the routes now"),
        0o755,
        root="operator",
    )
    yield common.unit_file(runtime, layout.unit(wanted.unit), _service(runtime))
    yield common.unit_file(runtime, timer, _timer(runtime))
    yield from _known_hosts(runtime)
    yield common.lock(runtime, "aws-tools", wanted.lock)
    yield from install.artifacts(runtime, host, _installer(runtime, timer))


def _env_file(runtime: Runtime) -> str:
    return f"{runtime.layout.etc}/{runtime.route_sync.unit}.env"


def _port(runtime: Runtime) -> int:
    """The port of every route: one variable, so all profiles share it (truth book, section 7)."""
    return runtime.route_port(next(one for _, one in sorted(runtime.serving.items())))


def _config(runtime: Runtime) -> Value:
    layout, wanted = runtime.layout, runtime.route_sync
    live = runtime.cutover.phase == "live"
    return {
        "region": runtime.aws.region if runtime.aws else None,
        "port_variable": UsesVariable(wanted.port_variable),
        "refused_ports": [runtime.cutover.port_before] if live else [],
        "required_port": Connects(_port(runtime)) if live else None,
        "routes": [_route(runtime, key, one) for key, one in sorted(runtime.serving.items())],
        "ingresses": [_ingress(runtime, name, host) for name, host in runtime.ingresses()],
        "ssh_key": Reads(f"{layout.credentials}/{_SSH_KEY}"),
        "token_file": Reads(f"{layout.credentials}/{_TOKEN}") if _demands_key(runtime) else None,
        "gate_timeout_seconds": wanted.gate_timeout.seconds,
        "confirm_timeout_seconds": wanted.confirm_timeout.seconds,
        "state": Writes(f"{layout.state}/{wanted.unit}/state.json"),
        "lock": Writes(f"{layout.run}/{wanted.unit}.lock"),
    }


def _demands_key(runtime: Runtime) -> bool:
    return any(runtime.demands_key(one) for _, one in sorted(runtime.serving.items()))


def _route(runtime: Runtime, key: str, serving: Serving) -> Value:
    model, context = runtime.routed_model(serving)
    return {
        "serving": key,
        "model_id": model,
        "context_length": context,
        "workers": len(serving.workers),
        "discovery": _discovery(runtime, serving),
        "public_urls": [
            Url(runtime.models_url(route)) for _, route in runtime.routes() if route.serving == key
        ],
    }


def _discovery(runtime: Runtime, serving: Serving) -> Value:
    found = serving.discovery
    tags: dict[str, str] = {}
    primary: Value = None
    if isinstance(found, Ec2Discovery):
        tags = dict(sorted(found.tags.items()))
        primary = (
            {"key": found.primary_tag.key, "value": found.primary_tag.value} if found.primary_tag else None
        )
    workers = [runtime.worker(name) for name in serving.workers]
    return {
        "kind": found.source,
        "tags": tags,
        "instance_type": workers[0].instance if tags else None,
        "network": runtime.network,
        "primary_tag": primary,
        "addresses": [] if tags else [worker.address.last_seen for worker in workers],
    }


def _ingress(runtime: Runtime, name: str, host: Ingress) -> Value:
    return {
        "name": name,
        "address": host.ssh.address,
        "user": Login(runtime.layout.route_user, name),
        "ssh_port": host.ssh.port,
        "known_hosts": Reads(_known_hosts_file(runtime)) if host.ssh.host_key else None,
    }


def _known_hosts_file(runtime: Runtime) -> str:
    return f"{runtime.layout.etc}/known_hosts"


def _known_hosts(runtime: Runtime) -> Iterator[Artifact]:
    known = [
        (host.ssh.address, host.ssh.port, host.ssh.host_key)
        for _, host in runtime.ingresses()
        if host.ssh.host_key
    ]
    if known:
        yield Artifact(_known_hosts_file(runtime), KnownHosts(tuple(known)))


def _call(runtime: Runtime) -> list[str]:
    return common.call(
        runtime,
        runtime.route_sync.program,
        "--config",
        common.config_path(runtime, runtime.route_sync.unit),
        "--env-file",
        _env_file(runtime),
        python=f"{runtime.layout.aws_tools}/bin/python",
    )


def _service(runtime: Runtime) -> Unit:
    layout, wanted = runtime.layout, runtime.route_sync
    return unit(
        section(
            "Unit",
            Description=f"{runtime.title}: route synchronisation",
            Wants=words([units.NETWORK]),
            After=words([units.NETWORK]),
        ),
        section(
            "Service",
            Type="oneshot",
            ExecStart=command(_call(runtime)),
            SuccessExitStatus=_BUSY,
            TimeoutStartSec=wanted.run_timeout,
            StateDirectory=f"{runtime.name}/{wanted.unit}",
            StateDirectoryMode="0700",
            ReadWritePaths=words([layout.run]),
            UMask="0077",
            PrivateUsers=True,
            **units.sandbox(),
        ),
    )


def _timer(runtime: Runtime) -> Unit:
    wanted = runtime.route_sync
    about = f"{runtime.title}: route synchronisation, again and again"
    return units.timer(about, wanted.boot_delay, wanted.interval, wanted.accuracy)


def _installer(runtime: Runtime, timer: str) -> install.Installer:
    layout, secrets = runtime.layout, runtime.secrets
    return install.Installer(
        name=runtime.route_sync.unit,
        script=runtime.route_sync.installer,
        packages=["python3-venv", "openssh-client"],
        directories=[
            directory(layout.run, 0o755, "root", "root"),
            directory(layout.credentials, 0o700, "root", "root"),
            directory(f"{layout.state}/{runtime.route_sync.unit}", 0o700, "root", "root"),
        ],
        environments=[install.Environment(layout.aws_tools, f"{layout.locks}/aws-tools.txt")],
        secrets=[
            install.Secret(f"{layout.credentials}/{_SSH_KEY}", {_SSH_KEY: secrets.route_sync_ssh_key}),
            *(
                [install.Secret(f"{layout.credentials}/{_TOKEN}", {_TOKEN: secrets.api_key})]
                if _demands_key(runtime)
                else []
            ),
        ],
        enable=[timer],
    )


TARGET = Target("route_sync", common.control_planes, plan, RULES)
