"""What the route applier must not be moved by: whatever a stolen key could send, and worse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.programs.route_fakes import Edge, answer, publication


@pytest.fixture
def edge(tmp_path: Path) -> Edge:
    return Edge(tmp_path)


def without(key: str) -> bytes:
    return json.dumps({k: v for k, v in json.loads(publication()).items() if k != key}).encode() + b"\n"


DEEP = b"[" * 2000
HOSTILE = {
    "nothing": b"",
    "empty line": b"\n",
    "no newline": publication().rstrip(),
    "two lines": publication() * 2,
    "not JSON": b"server 127.0.0.2:30100;\n",
    "not UTF-8": b'{"version":1,"serving":"\xff"}\n',
    "UTF-16": publication().decode().encode("utf-16"),
    "a BOM": b"\xef\xbb\xbf" + publication(),
    "NUL": b"\0" + publication(),
    "too long": publication(padding="x" * 5000),
    "too long, no newline": b"x" * 100_000,
    "deep": DEEP + b"\n",
    "a list": b"[1]\n",
    "a string": b'"read"\n',
    "null": b"null\n",
    "an empty object": b"{}\n",
    "a key twice": b'{"version":1,"version":1,"serving":"coding","read":true}\n',
    "servers twice": publication().replace(b'{"version"', b'{"servers": ["10.0.0.1"], "version"'),
    "NaN": publication(generation=float("nan")),
    "Infinity": publication(port=float("inf")),
    "a digit bomb": publication().replace(b'"generation": 7', b'"generation": ' + b"9" * 3000),
    "an exponent": publication().replace(b'"generation": 7', b'"generation": 7e0'),
    "version 2": publication(version=2),
    "version true": publication(version=True),
    "version 1.0": publication(version=1.0),
    "version as text": publication(version="1"),
    "no version": without("version"),
    "no serving": without("serving"),
    "no servers": without("servers"),
    "no port": without("port"),
    "no generation": without("generation"),
    "an unknown key": publication(file="/etc/passwd"),
    "read and publish": publication(read=True),
    "read false": b'{"version":1,"serving":"coding","read":false}\n',
    "read 1": b'{"version":1,"serving":"coding","read":1}\n',
    "read with a key more": b'{"version":1,"serving":"coding","read":true,"x":1}\n',
    "an unknown route": publication(serving="other"),
    "a path as route": publication(serving="../coding"),
    "an absolute path": publication(serving="/etc/passwd"),
    "a route with NUL": publication(serving="coding\0"),
    "a route as list": publication(serving=["coding"]),
    "a port of another service": publication(port=22),
    "the port before the cutover": publication(port=11434),
    "port 0": publication(port=0),
    "a negative port": publication(port=-30100),
    "a port above all": publication(port=95636),
    "a port as text": publication(port="30100"),
    "a port as float": publication(port=30100.0),
    "a port true": publication(port=True),
    "generation 0": publication(generation=0),
    "a negative generation": publication(generation=-1),
    "a generation without end": publication(generation=2**53),
    "a generation as text": publication(generation="7"),
    "a generation true": publication(generation=True),
    "no server": publication(servers=[]),
    "too many servers": publication(servers=["127.0.0.2", "127.0.0.3"]),
    "a server twice": publication(servers=["127.0.0.2", "127.0.0.2"]),
    "servers as text": publication(servers="127.0.0.2"),
    "servers as object": publication(servers={"127.0.0.2": 1}),
    "outside the network": publication(servers=["10.0.0.1"]),
    "a public address": publication(servers=["8.8.8.8"]),
    "the metadata service": publication(servers=["169.254.169.254"]),
    "the network's address": publication(servers=["127.0.0.0"]),
    "the broadcast address": publication(servers=["127.0.0.255"]),
    "a hostname": publication(servers=["localhost"]),
    "leading zeros": publication(servers=["127.0.0.02"]),
    "octal": publication(servers=["0177.0.0.2"]),
    "hexadecimal": publication(servers=["0x7f.0.0.2"]),
    "a short address": publication(servers=["127.2"]),
    "an address as number": publication(servers=[2130706434]),
    "with a port": publication(servers=["127.0.0.2:30100"]),
    "with a prefix": publication(servers=["127.0.0.2/32"]),
    "IPv6": publication(servers=["::1"]),
    "IPv4 in IPv6": publication(servers=["::ffff:127.0.0.2"]),
    "a directive more": publication(servers=["127.0.0.2; } server { listen 81; "]),
    "a line more": publication(servers=["127.0.0.2\nserver 10.0.0.1"]),
    "a newline at the end": publication(servers=["127.0.0.2\n"]),
    "a space": publication(servers=[" 127.0.0.2"]),
    "a variable": publication(servers=["$host"]),
    "a unix socket": publication(servers=["unix:/run/docker.sock"]),
    "wide digits": publication(servers=["\uff11\uff12\uff17.0.0.2"]),
    "Arabic digits": publication(servers=["\u0661\u0662\u0667.0.0.2"]),
    "an escape sequence": publication(servers=["\x1b[2J127.0.0.2"]),
    "a server that is null": publication(servers=[None]),
    "a server that is a list": publication(servers=[["127.0.0.2"]]),
}  # fmt: skip


@pytest.mark.parametrize("line", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_input_changes_nothing(edge, line):
    before = edge.everything()
    done = edge.call(line)
    found = answer(done)
    assert done.returncode == 1
    assert found["ok"] is False and set(found) == {"ok", "error"}
    assert found["error"].isprintable() and len(found["error"]) < 700
    assert edge.everything() == before


def test_the_table_can_fail(edge):
    """The request that all of the table's are made from is a good one."""
    assert len(HOSTILE) >= 40
    before = edge.everything()
    assert answer(edge.call(publication()))["ok"] is True
    assert edge.everything() != before
