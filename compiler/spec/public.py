"""The public contract, and the proxy that keeps it."""

from __future__ import annotations

from typing import Annotated, Literal

from compiler.spec.node import Node, Opens, Refers, VerifyOnly
from compiler.spec.scalars import AbsolutePath, FileName, Hostname, Identifier, Network, UrlPath, UrlPrefix
from compiler.spec.units import Connections, Count, Exposure, Size
from compiler.spec.waits import Seconds, SecondsOrNone, Wait


class Endpoint(Node):
    """One public endpoint, matched exactly; everything else is refused (facts: administrative routes)."""

    method: Literal["GET", "POST"]
    """The one method that is let through."""
    path: UrlPath
    """Below `public.base`."""


class Endpoints(Node):
    """The exact list of what is public."""

    models: Endpoint
    """The model list, which probes and clients ask."""
    chat_completions: Endpoint
    more: tuple[Endpoint, ...] = ()
    """Any others."""


class Route(Node):
    """One public way to a serving profile."""

    hostname: Hostname
    """The public hostname."""
    prefix: UrlPrefix
    """Stripped before the request goes on; empty for none."""
    serving: Annotated[Identifier, Refers("serving")]
    """The profile behind it."""
    access: Annotated[Literal["bearer", "network", "open"], Opens("open")]
    """`bearer` demands the API key, `network` an address of `networks`, `open` lets everybody in."""
    networks: tuple[Network, ...] = ()
    """Who may come in with `access: network`."""
    server: Literal["own", "existing"]
    """`own` compiles a whole server; `existing` only the snippet for inclusion in one that is there."""


class Public(Node):
    """What clients may rely on (truth book, section 1)."""

    base: UrlPath
    """The API's base path; clients' base URLs end in it."""
    endpoints: Endpoints
    routes: dict[Identifier, Route]
    """Public routes by a short name."""


class Keepalive(Node):
    """Idle connections from the proxy to the engine."""

    connections: Connections
    """So many idle connections a worker process of the proxy."""
    timeout: Wait
    """Shorter than the engine's: whoever closes first must be the proxy."""


class Limits(Node):
    """What one client address may ask of a route."""

    requests_per_second: Count
    """On average."""
    burst: Count
    """So many at once before a client is told to wait."""
    connections: Connections
    """Requests under way at once."""


class Tls(Node):
    """Certificates and what is promised about them."""

    certificates: AbsolutePath
    """A directory a hostname below it, with fullchain.pem and privkey.pem."""
    acme_webroot: AbsolutePath
    """Where the certificate client puts its challenges."""
    hsts: SecondsOrNone
    """For so long browsers refuse plain HTTP; with 0s they forget that they did."""
    session_timeout: Seconds
    """For so long a session may be resumed."""

    @property
    def deploy_hooks(self) -> str | None:
        """Where certbot looks for what to run after a renewal, if the certificates are certbot's."""
        certbot = "/etc/letsencrypt"
        return f"{certbot}/renewal-hooks/deploy" if self.certificates == f"{certbot}/live" else None


class Proxy(Node):
    """How nginx forwards; the names are nginx's."""

    listen_ipv6: bool
    """Whether the servers listen on IPv6 as well; a host without IPv6 would keep nginx from starting."""
    connect_timeout: Wait
    """For a connection to a worker."""
    read_timeout: Wait
    """At least as long as the longest time-out of a client."""
    send_timeout: Wait
    """Between two parts that a worker takes."""
    client_body_timeout: Wait
    """Between two parts of a request that a client sends."""
    body_limit: Size
    """The largest request."""
    body_buffer: Size
    """A larger request is written to disk for the while."""
    keepalive: Keepalive
    limits: Limits
    retry_after: Seconds
    """What a client is told to wait when no worker answers."""
    tls: Tls
    access_log: AbsolutePath
    """One JSON object a request."""
    error_log: AbsolutePath
    """nginx's own complaints."""


class IngressSide(Node):
    """Names of what runs on the ingress beside nginx."""

    installer: FileName
    """The command that installs the route applier, below /usr/local/sbin."""
    exposure: Annotated[Exposure, VerifyOnly()] = 3.0
    """The highest score that `systemd-analyze security` may give a unit of it: 0 is locked up, 10 is open."""
