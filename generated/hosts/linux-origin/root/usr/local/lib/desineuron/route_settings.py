"""The configuration of route-sync, and the ways in which it can end.

It exists apart so that discovery, gate and publication can name these types without importing the program.
"""

from __future__ import annotations

import ipaddress
import urllib.parse
from dataclasses import dataclass
from enum import IntEnum
from typing import Dict, Literal, Optional, Tuple


class Exit(IntEnum):
    """Exit codes; sync_route.py's docstring says what each asks of an operator."""

    DONE = 0
    DISCOVERY = 10
    UNHEALTHY = 11
    AMBIGUOUS = 12
    PUBLICATION = 13
    SPLIT = 14
    UNCONFIRMED = 15
    BUSY = 75
    CONFIGURATION = 78


class Fault(Exception):
    """A route that could not be synchronised: the exit code, and what to tell."""

    def __init__(self, code: Exit, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class PrimaryTag:
    key: str
    value: str


@dataclass(frozen=True)
class Discovery:
    """Where a route's workers are looked for."""

    kind: Literal["ec2", "static"]
    tags: Dict[str, str]
    instance_type: Optional[str]
    network: str
    primary_tag: Optional[PrimaryTag]
    addresses: Tuple[str, ...]

    def __post_init__(self) -> None:
        try:
            network = ipaddress.IPv4Network(self.network)
        except ValueError as fault:
            raise ValueError(f"network: {fault}") from None
        if self.kind == "ec2" and not self.tags:
            raise ValueError("tags: none: every instance of the account would be a candidate")
        if self.kind == "static" and not self.addresses:
            raise ValueError("addresses: none, and nothing else says where the workers are")
        for address in self.addresses:
            if not _inside(address, network):
                raise ValueError(f"addresses: {address!r} is not an address inside {network}")


@dataclass(frozen=True)
class RouteSettings:
    """One route: what must be served, by how many, and where the public sees it."""

    serving: str
    model_id: str
    context_length: Optional[int]  # None: the served engine does not tell it, so it is not asked
    workers: int
    discovery: Discovery
    public_urls: Tuple[str, ...]

    def __post_init__(self) -> None:
        if self.workers < 1:
            raise ValueError("workers: at least 1")
        for url in self.public_urls:
            if urllib.parse.urlsplit(url).scheme not in ("https", "http"):
                raise ValueError(f"public_urls: {url!r} is not a URL of the web")


@dataclass(frozen=True)
class Ingress:
    """An ingress, as ssh reaches it."""

    name: str
    address: str
    user: str
    ssh_port: int
    known_hosts: Optional[str]

    def __post_init__(self) -> None:
        for key, value in (("name", self.name), ("address", self.address), ("user", self.user)):
            if not value or value.startswith("-") or not value.isprintable() or " " in value:
                raise ValueError(f"{key}: {value!r} is not one word that ssh can take")


@dataclass(frozen=True)
class Settings:
    """route-sync.json."""

    region: Optional[str]
    port_variable: str
    refused_ports: Tuple[int, ...]
    required_port: Optional[int]
    routes: Tuple[RouteSettings, ...]
    ingresses: Tuple[Ingress, ...]
    ssh_key: str
    token_file: Optional[str]
    gate_timeout_seconds: float
    confirm_timeout_seconds: float
    state: str
    lock: str

    def __post_init__(self) -> None:
        if not self.routes or not self.ingresses:
            raise ValueError("routes and ingresses: at least one of each")
        names = [route.serving for route in self.routes]
        if len(set(names)) != len(names):
            raise ValueError("routes: a serving stands there twice")
        if any(route.discovery.kind == "ec2" for route in self.routes) and not self.region:
            raise ValueError("region: discovery by EC2 tags needs one")


@dataclass(frozen=True)
class State:
    """The file that keeps the generations growing, even when an ingress was built anew."""

    version: Literal[1]
    generations: Dict[str, int]


def _inside(address: str, network: ipaddress.IPv4Network) -> bool:
    """Canonical spelling only: what is published is compared with what an ingress reads back."""
    try:
        return str(ipaddress.IPv4Address(address)) == address and ipaddress.IPv4Address(address) in network
    except ValueError:
        return False
