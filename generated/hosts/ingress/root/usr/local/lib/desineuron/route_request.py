"""What the applier accepts: the only words that a control plane may say to an ingress.

It exists apart from the applier because this is where a stolen ssh key would knock: everything is judged
here, before anything is touched, against the ingress's own configuration and never against the caller's
word. The one mutable file of nginx is rendered here too, from checked numbers alone (facts: `server IP:PORT
max_fails=0;`, ngx_http_upstream_module).
"""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass
from typing import Any, Dict, List, NoReturn, Optional, Tuple

VERSION = 1
GENERATION_LIMIT = 2**53  # a JSON number stays exact below it, in whatever language reads it
ERROR_LENGTH = 300
# RFC 1918, RFC 6598 and loopback, as the compiler has it; ipaddress's is_private means more, on Python 3.9
# even 0.0.0.0/0, and has not the shared space of RFC 6598.
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8")
SERVING = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LINE = re.compile(r"server (\d{1,3}(?:\.\d{1,3}){3}):(\d{1,5}) max_fails=0;")


class Refused(Exception):
    """The request changes nothing; the text says why, for the person on the control plane."""


@dataclass(frozen=True)
class RouteFile:
    """The file of one route's servers, and how many servers it must hold."""

    file: str
    workers: int

    def __post_init__(self) -> None:
        if not self.file.startswith("/"):
            raise ValueError(f"file: {self.file!r} is not an absolute path")
        if self.workers < 1:
            raise ValueError("workers: at least 1")


@dataclass(frozen=True)
class Settings:
    """apply-route.json."""

    network: str
    ports: Tuple[int, ...]
    routes: Dict[str, RouteFile]
    state_directory: str
    lock: str
    test_command: Tuple[str, ...]
    reload_command: Tuple[str, ...]
    request_limit_bytes: int

    def __post_init__(self) -> None:
        try:
            network = ipaddress.IPv4Network(self.network)
        except ValueError as fault:
            raise ValueError(f"network: {fault}") from None
        if not any(network.subnet_of(ipaddress.IPv4Network(private)) for private in PRIVATE):
            raise ValueError(
                f"network: {self.network} is not a private network: workers are never reached in public"
            )
        if not self.ports or not all(0 < port < 65536 for port in self.ports):
            raise ValueError("ports: name at least one, each from 1 to 65535")
        odd = [name for name in self.routes if not SERVING.fullmatch(name)]
        if odd or not self.routes:
            raise ValueError(f"routes: {odd[0]!r} is not a name like coding-large" if odd else "routes: none")
        if not self.test_command or not self.reload_command:
            raise ValueError("test_command and reload_command: a program and its arguments")
        if not 256 <= self.request_limit_bytes <= 65536:
            raise ValueError("request_limit_bytes: from 256 to 65536")


@dataclass(frozen=True)
class Route:
    """Where a route goes: no servers and port 0 before the first publication."""

    servers: Tuple[str, ...] = ()
    port: int = 0
    generation: int = 0

    def same_place(self, other: Route) -> bool:
        return (self.servers, self.port) == (other.servers, other.port)


@dataclass(frozen=True)
class Request:
    """A judged request: to publish a route, or to read one (`route` is None)."""

    serving: str
    route: Optional[Route]


def parse(line: bytes, settings: Settings) -> Request:
    """The request of one line.

    Raises:
        Refused: anything but exactly the two shapes of the protocol, within this ingress's configuration.
    """
    fields = _object(line)
    if not _is_count(fields.get("version")) or fields["version"] != VERSION:
        raise Refused(
            f"version: this applier speaks {VERSION}; deploy control plane and ingress from one compilation"
        )
    serving = fields.get("serving")
    if not isinstance(serving, str) or serving not in settings.routes:
        known = ", ".join(sorted(settings.routes))
        raise Refused(f"serving: {_shown(serving)} is not a route of this ingress ({known})")
    if set(fields) == {"version", "serving", "read"} and fields["read"] is True:
        return Request(serving, None)
    if set(fields) != {"version", "serving", "servers", "port", "generation"}:
        raise Refused(f"the keys {_shown(sorted(fields))} are neither a read nor a publication")
    return Request(serving, _route(fields, settings, settings.routes[serving].workers))


def render(route: Route) -> bytes:
    """The route file's bytes."""
    return "".join(f"server {address}:{route.port} max_fails=0;\n" for address in route.servers).encode()


def parse_file(data: bytes) -> Route:
    """What a route file says, without a generation; a file that this program has not written says nothing."""
    found = [LINE.fullmatch(line) for line in data.decode("utf-8", "replace").splitlines()]
    ports = {int(match[2]) for match in found if match}
    route = Route(tuple(match[1] for match in found if match), ports.pop() if ports else 0)
    return route if route.servers and render(route) == data else Route()


def _route(fields: Dict[str, Any], settings: Settings, workers: int) -> Route:
    port, generation, servers = fields["port"], fields["generation"], fields["servers"]
    if not _is_count(port) or port not in settings.ports:
        allowed = ", ".join(map(str, settings.ports))
        raise Refused(f"port: {_shown(port)} is not one that this ingress forwards to ({allowed})")
    if not _is_count(generation) or not 0 < generation < GENERATION_LIMIT:
        raise Refused(f"generation: {_shown(generation)} is not a whole number above 0")
    if not isinstance(servers, list) or len(servers) != workers:
        raise Refused(f"servers: {_shown(servers)} is not a list of {workers}")
    addresses = [_address(server, settings) for server in servers]
    if len(set(addresses)) != len(addresses):
        raise Refused("servers: an address stands there twice")
    return Route(tuple(str(address) for address in sorted(addresses)), port, generation)


def _address(text: object, settings: Settings) -> ipaddress.IPv4Address:
    """A worker's address, in its one canonical spelling (an older ipaddress still takes leading zeros)."""
    network = ipaddress.IPv4Network(settings.network)
    try:
        address = ipaddress.IPv4Address(text if isinstance(text, str) else "")
    except ValueError:
        raise Refused(f"servers: {_shown(text)} is not an IPv4 address") from None
    if str(address) != text:
        raise Refused(f"servers: {_shown(text)} is not the canonical spelling of an IPv4 address")
    if address not in network or address in (network.network_address, network.broadcast_address):
        raise Refused(f"servers: {address} is not a host of {network}")
    return address


def _object(line: bytes) -> Dict[str, Any]:
    try:
        value = json.loads(line.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_constant)
    except (ValueError, RecursionError) as fault:
        raise Refused(f"the request is not one line of JSON: {str(fault)[:ERROR_LENGTH]}") from None
    if not isinstance(value, dict):
        raise Refused("the request is not a JSON object")
    return value


def _unique(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands there twice")
    return dict(pairs)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


def _is_count(value: object) -> bool:
    """A whole number; True and 1.0 are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    """What came in, in printable and bounded form: it goes into a log and onto a terminal."""
    return ascii(value)[:80]
