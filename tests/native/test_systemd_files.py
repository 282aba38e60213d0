"""The compiled accounts and directories, made by systemd's own programs below a scratch root."""

from __future__ import annotations

import os
import subprocess

import pytest

from tests.native.needs import needs
from tests.native.site import compiled

pytestmark = pytest.mark.native

HOSTS = sorted(compiled().runtime.hosts)
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="gives files to other accounts: needs root")


def run(tool, root, *words):
    """Run one of systemd's tools on a root; the last word is a file below it."""
    argv = [needs(tool), f"--root={root}", *words[:-1], f"{root}{words[-1]}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stderr


def configurations(site, host, kind):
    """The files that the host's installers hand to systemd: named in their configurations, and compiled."""
    tree = site.tree(host)
    found = [path for path in tree if path.startswith(f"/etc/{kind}.d/")]
    named = {
        path
        for name in tree
        if name.rpartition("/")[2].startswith("install-")
        for path in site.json(host, name.rpartition("/")[2].removesuffix(".json"))[kind]
    }
    assert named == set(found)
    return found


def accounts(root):
    """Name, home and shell of each account."""
    lines = [line.split(":") for line in (root / "etc/passwd").read_text().splitlines()]
    return {name: (home, shell) for name, _, _, _, _, home, shell in lines}


def furnish(site, host, root):
    """A host before its installers ran."""
    site.lay(host, root)
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/group").write_text("root:x:0:\n")
    for name in configurations(site, host, "sysusers"):
        run("systemd-sysusers", root, name)


@ROOT_ONLY
@pytest.mark.parametrize("host", HOSTS)
def test_the_accounts_are_made_and_can_not_log_in_by_password(site, tmp_path, host):
    furnish(site, host, tmp_path)
    made = accounts(tmp_path)
    layout, role = site.runtime.layout, site.runtime.hosts[host].role
    wanted = {
        "control-plane": {},
        "ingress": {layout.route_user: (f"{layout.state}/route-user", "/bin/sh")},
        "gpu": {f"{site.runtime.name}-{site.runtime.engine.unit}": ("/nonexistent", "/usr/sbin/nologin")},
    }[role]
    assert {name: made[name] for name in made if name != "root"} == wanted
    shadow = tmp_path / "etc/shadow"
    locked = [line.split(":")[1] for line in shadow.read_text().splitlines()] if wanted else []
    assert all(word.startswith(("!", "*")) for word in locked)


@ROOT_ONLY
@pytest.mark.parametrize("host", HOSTS)
def test_the_directories_are_made_with_their_owners(site, tmp_path, host):
    furnish(site, host, tmp_path)
    for name in configurations(site, host, "tmpfiles"):
        assert run("systemd-tmpfiles", tmp_path, "--create", name) == ""
        for line in (tmp_path / name.lstrip("/")).read_text().splitlines():
            if line.startswith("#"):
                continue
            kind, path, mode, owner, *_ = line.split()
            place = tmp_path / path.lstrip("/")
            assert kind.startswith("d") and place.is_dir()
            if mode != "-":  # as it is where it is there already
                assert oct(place.stat().st_mode & 0o7777) == oct(int(mode, 8)), path
                assert (place.owner() if owner == "root" else owner) in {"root", *accounts(tmp_path)}


@ROOT_ONLY
def test_the_engines_directories_on_its_mount(site, tmp_path):
    host = site.role("gpu")
    furnish(site, host, tmp_path)
    (listed,) = (path for path in site.tree(host) if path.endswith("nvme-directories.conf"))
    assert run("systemd-tmpfiles", tmp_path, "--create", listed) == ""
    mount = site.runtime.hosts[host].nvme.mount.lstrip("/")
    uid = int((tmp_path / "etc/passwd").read_text().splitlines()[1].split(":")[2])
    caches = sorted((tmp_path / mount / "cache").iterdir())
    assert len(caches) > 5 and {place.stat().st_uid for place in caches} == {uid}
    env = site.tree(host)[f"{site.runtime.layout.etc}/{site.runtime.engine.unit}.env"].decode()
    named = [line.partition("=")[2].strip('"') for line in env.splitlines() if f"/{mount}/cache/" in line]
    assert {tmp_path / path.lstrip("/") for path in named} == set(caches)


@ROOT_ONLY
def test_the_engines_directories_on_a_mount_that_somebody_else_owns(site, tmp_path):
    """systemd-tmpfiles refuses to make the engine's folders below a folder of a login user."""
    host = site.role("gpu")
    furnish(site, host, tmp_path)
    (listed,) = (path for path in site.tree(host) if path.endswith("nvme-directories.conf"))
    mount = tmp_path / site.runtime.hosts[host].nvme.mount.lstrip("/")
    mount.mkdir(parents=True)
    os.chown(mount, 1000, 1000)
    mount.chmod(0o1775)
    for _ in range(2):
        assert run("systemd-tmpfiles", tmp_path, "--create", listed) == ""
    assert (mount / "cache").is_dir() and mount.stat().st_uid == 0
    assert mount.stat().st_mode & 0o7777 == 0o1775 and mount.stat().st_gid == 1000


@ROOT_ONLY
def test_nothing_that_a_unit_writes_is_missing(site, tmp_path):
    """ReadWritePaths= of a missing path keeps a service from starting, even a step with full privileges."""
    for host in HOSTS:
        root = tmp_path / host
        furnish(site, host, root)
        for name in configurations(site, host, "tmpfiles"):
            run("systemd-tmpfiles", root, "--create", name)
        for unit in site.units(host).values():
            for line in unit.splitlines():
                if line.startswith("ReadWritePaths="):
                    missing = [
                        path for path in line.partition("=")[2].split() if not present(site, host, root, path)
                    ]
                    assert not missing, (host, missing)


def present(site, host, root, path):
    """Made by our tmpfiles or the distribution, or the asserted mount itself: below that all may be gone."""
    nvme = getattr(site.runtime.hosts[host], "nvme", None)
    given = ["/run", "/var/log/nginx", *([nvme.mount] if nvme else [])]
    return path.startswith("-") or path in given or (root / path.lstrip("/")).is_dir()
