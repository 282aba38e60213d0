"""By which nginx a host is read: its release's, or another of its version."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from compiler.spec.hosts import Ingress
from compiler.verify.consumers import nginx
from compiler.verify.tools import Tools, default_roots
from tests.verify.planting import compiled


def root(folder: Path, release: str, version: str) -> Path:
    """A root as far as the consumer looks at it before it is used."""
    program = folder / release / "usr/sbin/nginx"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"\0nginx version: nginx/" + version.encode() + b"\0nginx/" + version.encode())
    (folder / release / "usr/bin").mkdir()
    return folder / release


@pytest.mark.parametrize(
    ("there", "chosen"),
    [
        ({"debian-12": "1.22.1", "debian-13": "1.26.3"}, "debian-12"),
        ({"debian-12": "1.22.9", "debian-13": "1.22.1"}, "debian-12"),  # a later fix reads files alike
        ({"debian-11": "1.18.0", "debian-13": "1.22.1"}, "debian-13"),  # not its release, but its nginx
        ({"debian-11": "1.18.0", "debian-13": "1.26.3"}, None),
        ({"debian-12": "1.26.3", "debian-13": "1.22.1"}, "debian-13"),  # a package that is not its release's
        ({}, None),
    ],
)
def test_the_base_has_the_hosts_nginx(there, chosen, tmp_path, monkeypatch):
    for release, version in there.items():
        root(tmp_path, release, version)
    _, linked = compiled("book")
    tools = Tools(roots=tmp_path, absent=frozenset({"nginx"}))
    host = linked.runtime.hosts["ingress"]
    assert isinstance(host, Ingress)
    found = nginx._base(type("Site", (), {"tools": tools})(), host)
    assert (found and found.name) == chosen


def test_roots_lie_where_caches_do(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/srv/cache")
    assert default_roots() == Path("/srv/cache/dncompile/roots")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/srv/home")
    assert default_roots() == Path("/srv/home/.cache/dncompile/roots")


def test_what_tells_roots_from_others_changes_with_them(tmp_path):
    tools = Tools(roots=tmp_path)
    assert tools.identity("roots") == "" and tools.root("debian-12") is None
    root(tmp_path, "debian-12", "1.22.1")
    one = tools.identity("roots")
    root(tmp_path, "debian-13", "1.26.3")
    assert "" != one != tools.identity("roots")
    assert [path.name for path in tools.all_roots()] == ["debian-13", "debian-12"]
    assert Tools(roots=tmp_path, absent=frozenset({"roots"})).identity("roots") == ""


def test_a_part_of_a_root_is_none(tmp_path):
    root(tmp_path, ".debian-12.part", "1.22.1")
    assert Tools(roots=tmp_path).all_roots() == []


def test_a_program_may_have_an_environment_of_its_own(tmp_path, monkeypatch):
    program = tmp_path / "gixy/bin/gixy"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setenv("PATH", "")
    assert Tools().program("gixy") == program
    assert Tools(absent=frozenset({"gixy"})).program("gixy") is None
