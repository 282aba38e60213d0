"""nginx on an ingress: servers for the public hostnames, a snippet a route, one mutable file a serving
profile.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from compiler.artifact import Artifact
from compiler.formats.safe import HEADER, Safe
from compiler.formats.template import Template
from compiler.spec.hosts import Ingress
from compiler.spec.public import Route
from compiler.spec.runtime import Runtime
from targets.ingress import certificates
from targets.ingress.answers import answers

_TEMPLATES = Path(__file__).parent / "templates"
_ROTATED = PurePosixPath("/var/log/nginx")  # Debian's /etc/logrotate.d/nginx says /var/log/nginx/*.log


def folder(runtime: Runtime) -> str:
    """Where our included files lie; outside every glob of the distribution's nginx.conf."""
    return f"/etc/nginx/{runtime.name}"


def servers_file(runtime: Runtime, serving: str) -> str:
    """The mutable file with the current workers of a profile."""
    return f"{folder(runtime)}/upstream-{serving}.servers"


def artifacts(runtime: Runtime, host: Ingress) -> Iterator[Artifact]:
    """All files of nginx."""
    yield Artifact(f"/etc/nginx/conf.d/00-{runtime.name}.conf", _http(runtime, host))
    yield Artifact(f"{folder(runtime)}/proxy.conf", _page("proxy.conf.j2", runtime, proxy=runtime.proxy))
    yield Artifact(f"{folder(runtime)}/tls.conf", _page("tls.conf.j2", runtime, tls=runtime.proxy.tls))
    for key, route in runtime.routes():
        elsewhere = f"https://{route.hostname}" if route.server == "existing" else None
        yield Artifact(_snippet(runtime, key), _locations(runtime, key, route), included_by=elsewhere)
    for hostname in own_hostnames(runtime):
        yield Artifact(f"/etc/nginx/conf.d/{runtime.name}-{hostname}.conf", _server(runtime, host, hostname))
    for serving in sorted(runtime.serving):
        yield Artifact(servers_file(runtime, serving), _page("seed.servers.j2", runtime), keep="seed")
    if logs := _unrotated(runtime):
        rotation = _page("logrotate.j2", runtime, logs=logs)
        yield Artifact(f"/etc/logrotate.d/{runtime.name}", rotation)
    for path in host.takes_over:
        yield Artifact(path, _page("taken-over.conf.j2", runtime), keep="takes_over")


def own_hostnames(runtime: Runtime) -> list[str]:
    """The hostnames whose whole server is ours."""
    return sorted({route.hostname for _, route in runtime.routes() if route.server == "own"})


def logs(runtime: Runtime) -> list[str]:
    """The logs of our servers."""
    return sorted({runtime.proxy.access_log, runtime.proxy.error_log})


def _unrotated(runtime: Runtime) -> list[str]:
    paths = [PurePosixPath(path) for path in logs(runtime)]
    return [str(path) for path in paths if path.parent != _ROTATED or path.suffix != ".log"]


def _page(template: str, runtime: Runtime, **context: object) -> Template:
    shared = {"header": Safe(HEADER, "nginx"), "name": runtime.name, "hsts_header": _hsts(runtime)}
    return Template(_TEMPLATES / template, "nginx", {**shared, **context})


def _hsts(runtime: Runtime) -> str:
    return f"max-age={runtime.proxy.tls.hsts.seconds}"


def upstream(runtime: Runtime, serving: str) -> str:
    """The name of a profile's upstream."""
    return f"{runtime.name}-{serving}"


def _http(runtime: Runtime, host: Ingress) -> Template:
    upstreams = [
        {"name": upstream(runtime, key), "servers": servers_file(runtime, key)}
        for key in sorted(runtime.serving)
    ]
    return _page(
        "http.conf.j2",
        runtime,
        limits=runtime.proxy.limits,
        keepalive=runtime.proxy.keepalive,
        upstreams=upstreams,
        tls_file=f"{folder(runtime)}/tls.conf",
        owns_default=all(route.server == "own" for _, route in runtime.routes()),
        can_reject_handshake=host.can_reject_handshake,
        listen_ipv6=runtime.proxy.listen_ipv6,
        **_certificate(runtime, own_hostnames(runtime)[:1]),
    )


def _certificate(runtime: Runtime, hostnames: list[str]) -> dict[str, object]:
    folders = [certificates.link(runtime, hostname) for hostname in hostnames]
    return {
        "certificate": next((f"{folder}/fullchain.pem" for folder in folders), None),
        "certificate_key": next((f"{folder}/privkey.pem" for folder in folders), None),
    }


def _snippet(runtime: Runtime, key: str) -> str:
    return f"{folder(runtime)}/{key}.locations"


def _server(runtime: Runtime, host: Ingress, hostname: str) -> Template:
    own = [key for key, route in runtime.routes() if route.hostname == hostname and route.server == "own"]
    return _page(
        "server.conf.j2",
        runtime,
        hostname=hostname,
        http2_directive=host.http2_is_a_directive,
        tls=runtime.proxy.tls,
        tls_file=f"{folder(runtime)}/tls.conf",
        **_certificate(runtime, [hostname]),
        access_log=runtime.proxy.access_log,
        error_log=runtime.proxy.error_log,
        listen_ipv6=runtime.proxy.listen_ipv6,
        label=_label(runtime, own[0]),
        snippets=[_snippet(runtime, key) for key in own],
    )


def _label(runtime: Runtime, key: str) -> str:
    """What the names of a route's own locations and variables begin with."""
    return f"{runtime.name}_{key}"


def _locations(runtime: Runtime, key: str, route: Route) -> Template:
    base = runtime.public.base
    endpoints = [
        {"method": one.method, "public": route.prefix + base + one.path, "upstream": base + one.path}
        for one in runtime.endpoints()
    ]
    return _page(
        "locations.j2",
        runtime,
        label=_label(runtime, key),
        endpoints=endpoints,
        bearer=route.access == "bearer",
        restricted=route.access == "network",
        networks=route.networks if route.access == "network" else (),
        upstream=upstream(runtime, route.serving),
        prefix=route.prefix,
        prefix_folder=f"{route.prefix}/",
        proxy_file=f"{folder(runtime)}/proxy.conf",
        errors=answers(),
        retry_after=runtime.proxy.retry_after,
    )
