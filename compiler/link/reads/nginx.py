"""What nginx's files use and provide: includes, certificates, folders, ports, upstreams, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from compiler.formats.nginx_text import Block, blocks
from compiler.link.thing import Link, Needs, Offers, Thing

_READ = frozenset({"include"})
_FILES = frozenset(
    {"ssl_certificate", "ssl_certificate_key", "root", "ssl_trusted_certificate", "ssl_dhparam"}
)
_LOGS = frozenset({"access_log", "error_log"})
_PASS = re.compile(r"https?://([A-Za-z0-9_-]+)(?:/|$)")
_PORT = re.compile(r"(?:.*:)?([0-9]+)$")
_TLS = "ssl"


def links(_: str, text: str) -> Iterator[Link]:
    """What one file says by itself."""
    yield from _of(blocks(text))


def _of(found: Iterable[Block]) -> Iterator[Link]:
    for one in found:
        yield from _directive(one)
        yield from _of(one.inner)


def _directive(one: Block) -> Iterator[Link]:
    first = one.parameters[0] if one.parameters else ""
    if one.name == "upstream":
        yield Offers(Thing("upstream", first), one.line)
    elif one.name == "listen" and (port := _PORT.match(first)):
        yield Offers(Thing("port", port[1]), one.line, by="nginx")
    elif one.name == "proxy_pass" and (group := _PASS.match(first)):
        yield Needs(Thing("upstream", group[1]), one.line, one.name)
    elif first.startswith("/") and "*" not in first and one.name in _READ | _FILES:
        yield Needs(Thing("path", first), one.line, one.name, reads=one.name in _READ)
    elif first.startswith("/") and one.name in _LOGS:
        folder = str(PurePosixPath(first).parent)
        yield Needs(Thing("path", folder), one.line, one.name, reads=False)


def addresses(files: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    """Every address that a host's own servers answer over TLS, with the file and line of its location."""
    for path in sorted(files):
        for server in blocks(files[path]):
            if server.name == "server" and any(_TLS in one.parameters for one in server.all("listen")):
                names = [name for one in server.all("server_name") for name in one.parameters]
                for where, location, line in _locations(server, path, files):
                    yield from ((f"https://{name}{location}", where, line) for name in names)


def exact(text: str) -> Iterator[tuple[str, int]]:
    """The exact locations of a file that some server includes."""
    yield from _exact(blocks(text))


def _exact(found: Iterable[Block]) -> Iterator[tuple[str, int]]:
    for one in found:
        if one.name == "location" and one.parameters[:1] == ("=",):
            yield one.parameters[1], one.line


def _locations(server: Block, path: str, files: Mapping[str, str]) -> Iterator[tuple[str, str, int]]:
    yield from ((path, *one) for one in _exact(server.inner))
    for include in server.all("include"):
        name = include.parameters[0]
        yield from ((name, *one) for one in exact(files.get(name, "")))
