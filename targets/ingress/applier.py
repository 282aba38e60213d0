"""The receiving end of route-sync: an account that may hand in a route, and a program that judges and
applies it.

The account's only command passes one line to a socket; the program behind the socket runs as root in a
sandbox.
So ssh needs no privilege and the applier no network.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from compiler.artifact import Artifact
from compiler.formats.columns import directory
from compiler.formats.columns import user as account
from compiler.formats.json import Value
from compiler.formats.marked import Connects, Reads, Runs, UnitName, Writes
from compiler.formats.ssh import AuthorizedKey, AuthorizedKeys
from compiler.formats.unit import Directive, Unit, command, section, unit, words
from compiler.spec.hosts import Ingress
from compiler.spec.runtime import Runtime
from targets import common
from targets.common import install, units
from targets.ingress import certificates
from targets.ingress.proxy import folder, logs, servers_file

_UNIT = "route-applier"
_EMPTY = "No key yet: put the control plane's public key into route_sync.public_key of the spec and compile"


def artifacts(runtime: Runtime, host: Ingress) -> Iterator[Artifact]:
    """Configuration, socket, service and the restricted ssh entry."""
    yield common.config(runtime, "apply-route", _config(runtime))
    yield common.unit_file(runtime, runtime.layout.unit(_UNIT, "socket"), _socket(runtime))
    yield common.unit_file(runtime, runtime.layout.unit(f"{_UNIT}@"), _service(runtime))
    yield Artifact(f"{_home(runtime)}/.ssh/authorized_keys", _keys(runtime, host))


def _home(runtime: Runtime) -> str:
    return f"{runtime.layout.state}/route-user"


def _socket_path(runtime: Runtime) -> str:
    return f"{runtime.layout.run}/route.sock"


def _state(runtime: Runtime) -> str:
    return f"{runtime.layout.state}/route"


def _config(runtime: Runtime) -> Value:
    ports = {runtime.route_port(serving) for serving in runtime.serving.values()}
    return {
        "network": runtime.network,
        "ports": [Connects(port) for port in sorted(ports)],
        "routes": {
            key: {"file": Reads(servers_file(runtime, key)), "workers": len(serving.workers)}
            for key, serving in sorted(runtime.serving.items())
        },
        "state_directory": Reads(_state(runtime)),
        "lock": Writes(f"{runtime.layout.run}/route.lock"),
        "test_command": [Runs("/usr/sbin/nginx"), "-t", "-q"],
        "reload_command": [Runs("/usr/bin/systemctl"), "reload", UnitName("nginx.service")],
        "request_limit_bytes": 4096,  # holds a publication of the most workers that a profile may have
    }


def _keys(runtime: Runtime, host: Ingress) -> AuthorizedKeys:
    key, sources = runtime.route_sync.public_key, host.ssh.sources
    forced = " ".join(common.call(runtime, "submit_route.py", "--socket", _socket_path(runtime)))
    entries = (AuthorizedKey(key, forced, sources),) if key else ()
    return AuthorizedKeys(entries, f"{_EMPTY}; it will be let in from {', '.join(sources)}.", forced)


def _socket(runtime: Runtime) -> Unit:
    return unit(
        section("Unit", Description=f"{runtime.title}: where routes are handed in"),
        section(
            "Socket",
            ListenStream=_socket_path(runtime),
            SocketUser=runtime.layout.route_user,
            SocketGroup=runtime.layout.route_user,
            SocketMode="0600",
            Accept=True,
            MaxConnections=16,
        ),
        section("Install", WantedBy=words(["sockets.target"])),
        enabled=True,
    )


def _service(runtime: Runtime) -> Unit:
    return unit(
        section("Unit", Description=f"{runtime.title}: applies one route", CollectMode="inactive-or-failed"),
        section(
            "Service",
            ExecStart=command(
                common.call(runtime, "apply_route.py", "--config", common.config_path(runtime, "apply-route"))
            ),
            StandardInput="socket",
            StandardOutput="socket",
            StandardError="journal",
            RuntimeMaxSec="90s",
            ReadWritePaths=words(
                [folder(runtime), _state(runtime), *_logs(runtime), "/run", "-/var/lib/nginx"]
            ),
            **_sandbox(),
        ),
    )


def _logs(runtime: Runtime) -> list[str]:
    """The folders of nginx's logs; nginx opens the files and makes no folder."""
    return sorted({str(PurePosixPath(path).parent) for path in logs(runtime)})


def _sandbox() -> dict[str, Directive]:
    """`nginx -t` binds its ports, opens logs that belong to the workers' account, and makes its folders."""
    return {
        **units.sandbox(),
        "CapabilityBoundingSet": words(["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_NET_BIND_SERVICE"]),
        "SystemCallFilter": (*units.ALLOWED_CALLS, words(["@chown"])),
    }


def installer(runtime: Runtime) -> install.Installer:
    """The ingress's installer."""
    layout, user = runtime.layout, runtime.layout.route_user
    home = _home(runtime)
    return install.Installer(
        name=_UNIT,
        script=runtime.ingress.installer,
        packages=["logrotate", "nginx", "openssh-server", "openssl"],
        users=[account(user, "hands in routes", home, "/bin/sh")],
        directories=[
            directory(layout.run, 0o755, "root", "root"),
            directory(layout.state, 0o755, "root", "root"),
            directory(_state(runtime), 0o700, "root", "root"),
            directory(home, 0o755, "root", "root"),
            directory(f"{home}/.ssh", 0o755, "root", "root"),
            directory(runtime.proxy.tls.acme_webroot, 0o755, "root", "root"),
            # Made where it is not there; one that is keeps its mode and owner.
            *(("d", folder, "-", "-", "-", "-") for folder in _logs(runtime)),
        ],
        enable=[layout.unit(_UNIT, "socket"), *certificates.enabled(runtime)],
    )
