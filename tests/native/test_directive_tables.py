"""The tables of what each release reads, asked of the systemd and the nginx that are here.

systemd prints what its parser reads; nginx is given each directive in its block, and tells.
"""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from compiler.formats import directives
from tests.native.needs import needs

pytestmark = pytest.mark.native

TABLES = Path(directives.__file__).parent / "since"
SYSTEMD, NGINX, VALUES = (
    json.loads((TABLES / f"{name}.json").read_text()) for name in ("systemd", "nginx", "values")
)
MANAGER = "/usr/lib/systemd/systemd"
BLOCKS = {
    "main": "%s; events {}",
    "events": "events { %s; }",
    "http": "events {} http { %s; }",
    "upstream": "events {} http { upstream x { %s; } }",
    "server": "events {} http { server { %s; } }",
    "server.if": "events {} http { server { if ($host) { %s; } } }",
    "location": "events {} http { server { location / { %s; } } }",
    "location.if": "events {} http { server { location / { if ($host) { %s; } } } }",
    "limit_except": "events {} http { server { location / { limit_except GET { %s; } } } }",
}
# Modules of other systems or in packages of their own; and what a distribution took from a later release.
ELSEWHERE = re.compile(
    r"acceptex_|post_acceptex|devpoll_|eventport_|iocp_|kqueue_|degrad|geoip_|google_perftools|image_filter|perl"
    r"|xslt_|xml_entities|max_headers$"
)


def asked(*words: str, folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_systemd_reads_what_the_table_says_and_nothing_else(tmp_path):
    release = systemd_here(tmp_path)
    found: dict[str, set[str]] = {}
    for part in ("\n" + asked(MANAGER, "--dump-configuration-items", folder=tmp_path)).split("\n[")[1:]:
        section, _, lines = part.partition("]\n")
        found[section] = {line.split("=")[0] for line in lines.splitlines() if "=" in line}
    for section, spans in SYSTEMD.items():
        if section != "sources":
            known = {name for name, span in spans.items() if directives.standing(span, release) == "read"}
            assert known == found[section], section


def systemd_here(folder: Path) -> str:
    text = asked(needs("systemd-analyze"), "--version", folder=folder)
    return text.split()[1].split(".")[0]


CASES = [(key, value, span) for key, values in VALUES["systemd"].items() for value, span in values.items()]


@pytest.mark.parametrize(("key", "value", "span"), CASES, ids=[f"{key}={value}" for key, value, _ in CASES])
def test_systemd_reads_the_values_that_the_table_says(tmp_path, key, value, span):
    section, key = ("Unit", key) if key in SYSTEMD["Unit"] else ("Service", key)
    text = f"{key}={value}{'/x' if value.endswith(':') else ''}"
    if key == "%":
        section, text = "Unit", f"Description=%{value}"
    unit = tmp_path / "x.service"
    unit.write_text(f"[Service]\nExecStart=/bin/sh\n[{section}]\n{text}\n")
    told = asked(needs("systemd-analyze"), "verify", "--man=no", str(unit), folder=tmp_path)
    assert (unit.name in told) == (directives.standing(span, systemd_here(tmp_path)) != "read"), told


def placed() -> list[tuple[str, str, str]]:
    """Each directive of the table in each of its blocks."""
    return [
        (name, block, span)
        for name, spans in NGINX["directives"].items()
        for blocks, span in spans.items()
        for block in blocks.split()
        if not ELSEWHERE.match(name)
    ]


def nginx_disagrees(folder: Path, cases: list[tuple[str, str, str]]) -> list[Any]:
    """The directives of which nginx says something else than the table."""
    program = needs("nginx")
    release = asked(program, "-v", folder=folder).split("/")[1].split()[0]
    wrong = []
    for name, block, span in cases:
        place = folder / "nginx.conf"
        place.write_text(f"error_log stderr; {BLOCKS[block] % f'{name} 1 2 3 4 5 6 7 8 9'}")
        told = asked(program, "-t", "-p", str(folder), "-c", str(place), folder=folder)
        reads = f'unknown directive "{name}"' not in told and "is not allowed here" not in told
        if reads != (directives.standing(span, release) == "read"):
            wrong.append((name, block, span, told))
    return wrong


def test_nginx_reads_the_directives_that_the_table_says(tmp_path):
    assert nginx_disagrees(tmp_path, placed()[::6]) == []


@pytest.mark.slow
def test_nginx_reads_every_directive_that_the_table_says(tmp_path):
    assert nginx_disagrees(tmp_path, placed()) == []


@pytest.mark.parametrize(
    "case",
    [
        ("ssl_reject_handshake", "http", "99.0.0"),
        ("no_such_thing", "location", "0.1.0"),
        ("upstream", "server", "0.1.0"),
    ],
)
def test_a_planted_fault_of_the_table_is_seen(tmp_path, case):
    needs("nginx")
    assert nginx_disagrees(tmp_path, [case]) != []
