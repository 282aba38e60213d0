#!/usr/bin/env python3
"""Finds the private address that the engine binds to, and writes it where the launcher reads it.

The address may change at each boot of a cloud instance, and the engine must bind to it and never to a
wildcard (truth book, section 3), so it is asked for at each start, by IMDSv2 or from the configuration, and
never guessed: an address that is not private, not of the network or not this host's stops the start.

Exit codes: 0 written (or would be, with --dry-run); 75 the metadata service does not answer: try again;
78 the configuration or the address is wrong: a person has to look. systemd tries again after either, up to
the unit's start limit: RestartPreventExitStatus= is about the main process, and this runs before it.
"""

from __future__ import annotations

import argparse
import ipaddress
import re
import socket
import sys
from dataclasses import dataclass
from typing import Callable, Dict, Literal, Optional, Sequence

from hostkit import config, files, talk, web

TRY_AGAIN, CONFIGURATION = 75, 78
# RFC 1918 and RFC 6598, as the compiler has it; ipaddress calls the latter's addresses neither private nor
# global.
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
TOKEN_SECONDS = 60
ANSWER_BYTES = 1024


@dataclass(frozen=True)
class Settings:
    """discovery.json."""

    source: Literal["imds", "static"]
    address: Optional[str]
    last_seen: Optional[str]
    network: str
    imds_url: str
    timeout_seconds: float
    variable: str
    output: str

    def __post_init__(self) -> None:
        ipaddress.IPv4Network(self.network)
        if (self.source == "static") != (self.address is not None):
            raise ValueError("address: is needed by the source `static`, and must be null for `imds`")
        if not self.timeout_seconds > 0:
            raise ValueError("timeout_seconds: must be more than 0")
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", self.variable):
            raise ValueError(f"variable: {self.variable!r} is no name of a variable")


class Unusable(Exception):
    """No address, or one that the engine must not bind to; `code` is the exit code."""

    def __init__(self, message: str, code: int = CONFIGURATION) -> None:
        super().__init__(message)
        self.code = code


def is_local(address: str) -> bool:
    """Does an interface of this host have the address? The kernel binds to no other (ip(7))."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


def discover(settings: Settings, local: Callable[[str], bool]) -> str:
    """The address, after every check.

    Raises:
        Unusable: there is none, or it must not be used.
    """
    text = settings.address if settings.address is not None else _from_metadata(settings)
    address, network = _parse(text), ipaddress.IPv4Network(settings.network)
    if not any(address in ipaddress.IPv4Network(block) for block in PRIVATE):
        raise Unusable(
            f"{address} is no private address (RFC 1918, RFC 6598):"
            " the engine must not be reachable from outside"
        )
    if address not in network:
        raise Unusable(
            f"{address} is not in the network {network}: is this host in another subnet than the spec says?"
        )
    if not local(str(address)):
        raise Unusable(f"no interface of this host has {address}: compare with `ip address`")
    return str(address)


def _from_metadata(settings: Settings) -> str:
    ttl = {"X-aws-ec2-metadata-token-ttl-seconds": str(TOKEN_SECONDS)}
    token = _ask(settings, "PUT", "/latest/api/token", ttl)
    if not re.fullmatch("[!-~]+", token):
        raise Unusable(f"{settings.imds_url} gives a session token that no header can carry", TRY_AGAIN)
    return _ask(settings, "GET", "/latest/meta-data/local-ipv4", {"X-aws-ec2-metadata-token": token})


def _ask(settings: Settings, method: str, path: str, headers: Dict[str, str]) -> str:
    url = f"{settings.imds_url.rstrip('/')}{path}"
    try:
        reply = web.fetch(
            url, method=method, headers=headers, timeout=settings.timeout_seconds, limit=ANSWER_BYTES
        )
    except web.WebError as fault:
        raise Unusable(
            f"{url}: {fault}; is this a cloud instance, and is its metadata service on?", TRY_AGAIN
        ) from None
    if reply.status != 200:
        code = TRY_AGAIN if reply.status >= 500 or reply.status == 429 else CONFIGURATION
        raise Unusable(f"{url}: status {reply.status}; is the metadata service (IMDSv2) on?", code)
    return reply.body.decode("latin-1").strip()


def _parse(text: str) -> ipaddress.IPv4Address:
    try:
        return ipaddress.IPv4Address(text)
    except ValueError:
        raise Unusable(f"{text[:60]!r} is no IPv4 address") from None


def _write(settings: Settings, address: str) -> None:
    try:
        files.write_atomic(settings.output, f"{settings.variable}={address}\n".encode("ascii"))
    except OSError as fault:
        where = f"{settings.output} cannot be written: {fault.strerror}"
        raise Unusable(f"{where}; does its directory exist?") from None


def main(argv: Sequence[str], local: Callable[[str], bool] = is_local) -> int:
    """Discover and write; `local` says whether an address is this host's."""
    options = _options(argv)
    try:
        settings = config.load(Settings, options.config)
        address = discover(settings, local)
        if not options.dry_run:
            _write(settings, address)
    except (config.ConfigError, Unusable) as fault:
        talk.error(f"the bind address is not known: {fault}")
        return fault.code if isinstance(fault, Unusable) else CONFIGURATION
    changed = settings.last_seen is not None and settings.last_seen != address
    if changed:
        talk.warning(f"the address is {address}, and was {settings.last_seen}; routes follow by themselves")
    talk.emit(
        {"address": address, "output": settings.output, "changed": changed, "dry_run": options.dry_run},
        options.json,
    )
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = talk.parser(__doc__, "Write the private address that the engine binds to.")
    parser.add_argument("--config", required=True, metavar="FILE", help="discovery.json")
    parser.add_argument("--dry-run", action="store_true", help="check and say, but write nothing")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
