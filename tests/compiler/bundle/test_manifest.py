"""Manifests: what is in them, and that a host's generation changes when the host does and never else."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from compiler.artifact import Artifact, Client, Docs, Host
from compiler.bundle.assemble import MANIFEST, assemble
from compiler.bundle.nar import tree_hash
from compiler.formats import unit
from compiler.formats.verbatim import Given
from compiler.link.build import held
from compiler.plan import Planned
from compiler.render import Rendered


def rendered(place: Any, path: str, data: bytes = b"x", **more: Any) -> Rendered:
    return Rendered(Planned("target", place, Artifact(path, Given(data), **more)), data)


def service(enabled: bool) -> Rendered:
    made = unit.unit(unit.section("Service", Type="oneshot"), enabled=enabled)
    return Rendered(
        Planned("target", Host("a"), Artifact("/etc/systemd/system/x.service", made)), made.render()
    )


BASE = [
    rendered(Host("a"), "/etc/file", b"1"),
    rendered(Host("a"), "/usr/bin/program", b"2", mode=0o750, owner="svc", group="adm", keep="seed"),
    service(enabled=True),
    rendered(Host("b"), "/etc/file", b"1"),
    rendered(Client("c"), "file.json", b"3"),
    rendered(Docs(), "page.md", b"4"),
]


def manifest(made: list[Rendered], host: str = "a") -> Any:
    return json.loads(assemble(held(made))[f"hosts/{host}/{MANIFEST}"].data)


def test_the_manifest_of_a_host():
    made = manifest(BASE)
    assert list(made) == ["version", "host", "generation", "tree", "files", "units"]
    assert (made["version"], made["host"]) == (1, "a")
    assert made["units"]["x.service"]["enabled"] and len(made["units"]["x.service"]["restart"]) == 32
    assert made["files"][1] == {
        "path": "/usr/bin/program",
        "sha256": hashlib.sha256(b"2").hexdigest(),
        "mode": "0750",
        "owner": "svc",
        "group": "adm",
        "target": "target",
        "keep": "seed",
    }
    tree = {one.planned.artifact.path[1:]: (one.data, "bin" in one.planned.path) for one in BASE[:3]}
    assert made["tree"] == tree_hash(tree)


def test_the_bundle():
    made = assemble(held(BASE))
    assert list(made) == [
        "clients/c/file.json",
        "docs/page.md",
        "hosts/a/manifest.json",
        "hosts/a/root/etc/file",
        "hosts/a/root/etc/systemd/system/x.service",
        "hosts/a/root/usr/bin/program",
        "hosts/b/manifest.json",
        "hosts/b/root/etc/file",
        MANIFEST,
    ]
    assert {path: file.mode for path, file in made.items() if file.mode != 0o644} == {
        "hosts/a/root/usr/bin/program": 0o755
    }
    owned = json.loads(made[MANIFEST].data)["files"]
    assert owned == {
        path: {"sha256": hashlib.sha256(file.data).hexdigest(), "mode": f"{file.mode:04o}"}
        for path, file in made.items()
        if path != MANIFEST
    }


def changed(index: int, **artifact: Any) -> list[Rendered]:
    one = BASE[index]
    planned = replace(one.planned, artifact=replace(one.planned.artifact, **artifact))
    return [*BASE[:index], replace(one, planned=planned), *BASE[index + 1 :]]


CHANGES = {
    "content": [rendered(Host("a"), "/etc/file", b"other"), *BASE[1:]],
    "path": changed(0, path="/etc/other"),
    "mode": changed(0, mode=0o600),
    "executable": changed(0, mode=0o755),
    "owner": changed(0, owner="svc"),
    "group": changed(0, group="svc"),
    "keep": changed(0, keep="takes_over"),
    "a file more": [*BASE, rendered(Host("a"), "/etc/more")],
    "a file less": BASE[1:],
    "a unit is not enabled": [*BASE[:2], service(enabled=False), *BASE[3:]],
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_host_is_another_generation(name: str):
    assert manifest(CHANGES[name])["generation"] != manifest(BASE)["generation"]
    assert manifest(CHANGES[name], "b") == manifest(BASE, "b")


def test_a_change_elsewhere_is_not():
    others = [
        *BASE[:3],
        rendered(Host("b"), "/etc/x"),
        rendered(Client("c"), "x"),
        rendered(Docs(), "other.md"),
    ]
    assert manifest(others) == manifest(BASE)
    assert manifest(others, "b")["generation"] != manifest(BASE, "b")["generation"]


def test_a_generation_is_the_content_and_not_the_host():
    assert (
        manifest([rendered(Host("a"), "/x")])["generation"]
        == manifest([rendered(Host("b"), "/x")], "b")["generation"]
    )
