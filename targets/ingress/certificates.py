"""Certificates from the first start on: nginx reads links, and these lead to a self-signed pair until there
is a real one.

Without any certificate nginx would not start, port 80 would stay shut, and no authority could look for its
challenge. A certificate client refuses folders that it has not made, so that nothing of ours lies in its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.artifact import Artifact
from compiler.formats.json import Value
from compiler.formats.marked import Makes, MayRead, Runs, UnitName
from compiler.formats.script import Script
from compiler.formats.unit import Section, Unit, command, section, unit, words
from compiler.spec.runtime import Runtime
from targets import common
from targets.common import units

_PROGRAM = "first_certificate.py"
_CONFIG = "first-certificate"
_FIRST, _DAILY = "first-certificate", "certificates"


def link(runtime: Runtime, hostname: str) -> str:
    """Where nginx reads fullchain.pem and privkey.pem: a link to the folder that has them."""
    return f"{runtime.layout.etc}/tls/{hostname}"


def artifacts(runtime: Runtime) -> Iterator[Artifact]:
    """The configuration, what runs before nginx, and what runs after a renewal."""
    if not _hostnames(runtime):
        return
    yield common.config(runtime, _CONFIG, _config(runtime))
    yield common.unit_file(runtime, runtime.layout.unit(_FIRST), _first(runtime))
    hooks = runtime.proxy.tls.deploy_hooks
    if hooks:
        about = "after a renewal: leads nginx to the certificates and has it read them"
        yield Artifact(f"{hooks}/{runtime.name}", Script(tuple(_call(runtime, "--reload")), about), 0o755)
    else:
        yield common.unit_file(runtime, runtime.layout.unit(_DAILY), _daily(runtime))
        yield common.unit_file(runtime, runtime.layout.unit(_DAILY, "timer"), _timer(runtime))


def enabled(runtime: Runtime) -> list[str]:
    """The units that a host starts by itself."""
    if not _hostnames(runtime):
        return []
    timer = [] if runtime.proxy.tls.deploy_hooks else [runtime.layout.unit(_DAILY, "timer")]
    return [runtime.layout.unit(_FIRST), *timer]


def _hostnames(runtime: Runtime) -> list[str]:
    """Those whose server is ours; elsewhere the certificate is the other application's."""
    return sorted({route.hostname for _, route in runtime.routes() if route.server == "own"})


def _config(runtime: Runtime) -> Value:
    return {
        "certificates": {
            hostname: {
                "link": Makes(link(runtime, hostname)),
                "real": MayRead(f"{runtime.proxy.tls.certificates}/{hostname}"),
                "first": Makes(f"{runtime.layout.etc}/first-certificates/{hostname}"),
            }
            for hostname in _hostnames(runtime)
        },
        "openssl": Runs("/usr/bin/openssl"),
        "reload_command": [Runs("/usr/bin/systemctl"), "try-reload-or-restart", UnitName("nginx.service")],
    }


def _call(runtime: Runtime, *options: str) -> list[str]:
    return common.call(runtime, _PROGRAM, "--config", common.config_path(runtime, _CONFIG), *options)


def _first(runtime: Runtime) -> Unit:
    """Runs with each start of nginx: the program itself sees that there is nothing to do."""
    return unit(
        section(
            "Unit",
            Description=f"{runtime.title}: a certificate for nginx to start with",
            Before=words(["nginx.service"]),
            PartOf=words(["nginx.service"]),
        ),
        _service(runtime, remain=True),
        section("Install", WantedBy=words(["nginx.service"])),
        enabled=True,
    )


def _daily(runtime: Runtime) -> Unit:
    about = f"{runtime.title}: has nginx read renewed certificates"
    return unit(
        section("Unit", Description=about, After=words(["nginx.service"])), _service(runtime, "--reload")
    )


def _timer(runtime: Runtime) -> Unit:
    return unit(
        section("Unit", Description=f"{runtime.title}: renewed certificates, once a day"),
        section("Timer", OnCalendar="daily", RandomizedDelaySec="1h", Persistent=True),
        section("Install", WantedBy=words(["timers.target"])),
        enabled=True,
    )


def _service(runtime: Runtime, *options: str, remain: bool | None = None) -> Section:
    return section(
        "Service",
        Type="oneshot",
        RemainAfterExit=remain,
        ExecStart=command(_call(runtime, *options)),
        TimeoutStartSec="2m",
        ReadWritePaths=words([runtime.layout.etc]),
        # The certificate client's folders may belong to an account of its own.
        **{**units.sandbox(), "CapabilityBoundingSet": words(["CAP_DAC_READ_SEARCH"])},
    )
