"""The compiled units, asked of systemd itself.

`systemd-analyze verify` exits 0 on an unknown key and a bad value, so any line that it prints is a finding.
"""

from __future__ import annotations

import re
import subprocess

import pytest

from tests.native.needs import needs
from tests.native.site import compiled

pytestmark = pytest.mark.native

HOSTS = sorted(compiled().runtime.hosts)
SERVICES = [
    (host, name) for host in HOSTS for name in sorted(compiled().units(host)) if name.endswith(".service")
]
STUBS = ("sysinit", "basic", "shutdown", "timers", "sockets", "multi-user", "network-online", "local-fs")
# New in each release by systemd's NEWS; a host that is older ignores the line with a warning at best.
# Highest exposure by `systemd-analyze security`: 0.0 is locked up, 9.6 is a unit without a sandbox.
EXPOSURE = {
    "engine": 2.0,
    "watchdog": 2.0,
    "rehydration": 1.8,
    "route_sync": 1.5,
    "nodes": 3.5,
    "applier": 2.3,
}


def directives(unit):
    """Every directive of a unit file."""
    return [line.split("=", 1) for line in unit.splitlines() if "=" in line and not line.startswith("#")]


def programs(unit):
    """Every program that a unit runs."""
    lines = (value for key, value in directives(unit) if key.startswith("Exec"))
    return {line.lstrip("+-:!@").split()[0] for line in lines}


def stage(site, host, root):
    """The host's tree, with stand-ins for what the distribution brings."""
    site.lay(host, root)
    for unit in site.units(host).values():
        for program in programs(unit):
            place = root / program.lstrip("/")
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text("#!/bin/sh\n")
                place.chmod(0o755)
    units = root / "usr/lib/systemd/system"
    units.mkdir(parents=True)
    for name in STUBS:
        (units / f"{name}.target").write_text("[Unit]\nDescription=stand-in\n")
    nvme = getattr(site.runtime.hosts[host], "nvme", None)
    if nvme and nvme.unit:
        (units / nvme.unit).write_text("[Service]\nType=oneshot\nExecStart=/usr/bin/python3\n")


def verify(root, host):
    """What systemd has to say about the units that lie below a root."""
    units = sorted(str(path.relative_to(root)) for path in (root / "etc/systemd/system").iterdir())
    words = ["verify", "--man=no", "--recursive-errors=yes", f"--root={root}", *units]
    done = subprocess.run(
        [needs("systemd-analyze"), *words], cwd=root, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.splitlines()


@pytest.mark.parametrize("host", HOSTS)
def test_systemd_takes_every_unit(site, tmp_path, host):
    stage(site, host, tmp_path)
    assert verify(tmp_path, host) == (0, [])


FAULTS = [
    ("NoNewPrivileges=yes", "NoNewPrivilege=yes", "Unknown key 'NoNewPrivilege'"),
    ("ProtectSystem=strict", "ProtectSystem=strictly", "Failed to parse protect system value"),
    ("ExecStart=/usr", "ExecStart=/missing", "is not executable"),
    ("[Service]", "[Servce]", "Unknown section 'Servce'"),
    ("SystemCallFilter=@system-service", "SystemCallFilter=@system-servce", "ystem call"),
]


@pytest.mark.parametrize(("right", "wrong", "told"), FAULTS, ids=[fault[1] for fault in FAULTS])
def test_a_planted_fault_is_caught(site, tmp_path, right, wrong, told):
    host = site.role("gpu")
    stage(site, host, tmp_path)
    place = tmp_path / site.runtime.layout.unit_path(site.runtime.engine_unit()).lstrip("/")
    text = place.read_text()
    assert right in text
    place.write_text(text.replace(right, wrong))
    _, lines = verify(tmp_path, host)
    assert any(told in line for line in lines), lines


def test_an_engine_that_dies_after_each_load_is_given_up(site):
    unit = dict(directives(site.units(site.role("gpu"))[site.runtime.engine_unit()]))
    starts, window = int(unit["StartLimitBurst"]), int(unit["StartLimitIntervalSec"].removesuffix("s"))
    turn = site.runtime.watchdog.load_grace.seconds + site.runtime.engine.restart_delay.seconds
    assert starts * turn <= window
    assert window < 3 * 3600


def test_a_forbidden_call_of_the_engine_fails_and_does_not_kill_it(site):
    for name, unit in site.units(site.role("gpu")).items():
        assert ("SystemCallFilter" in unit) == ("SystemCallErrorNumber=EPERM" in unit), name


def test_the_gpus_nodes_are_made_before_the_engine_starts(site):
    units = site.units(site.role("gpu"))
    nodes = site.runtime.layout.unit("gpu-nodes")
    engine = dict(directives(units[site.runtime.engine_unit()]))
    assert nodes in engine["Wants"].split() and nodes in engine["After"].split()
    assert "ProtectClock=no" in units[nodes] and "DeviceAllow" not in units[nodes]


@pytest.mark.parametrize("host", HOSTS)
def test_a_state_directory_has_one_mode(site, host):
    """The installer's tmpfiles and the unit make the same directory, and would undo each other's mode."""
    lines = [
        line.split()
        for path, data in site.tree(host).items()
        if path.startswith("/etc/tmpfiles.d/")
        for line in data.decode().splitlines()
    ]
    made = {words[1]: words[2] for words in lines if words[0] == "d"}
    for name, text in site.units(host).items():
        unit = dict(directives(text))
        if "StateDirectory" in unit:
            path = f"/var/lib/{unit['StateDirectory']}"
            assert made.get(path) == unit.get("StateDirectoryMode"), name


@pytest.mark.parametrize("host", HOSTS)
def test_every_program_of_a_unit_comes_from_the_bundle_or_is_given(site, host):
    tree = site.tree(host)
    given = re.compile(r"/usr/bin/(python3|systemd-tmpfiles|nvidia-modprobe)$|/opt/[^/]+/[^/]+/bin/python$")
    for name, unit in site.units(host).items():
        for program in programs(unit):
            assert program in tree or given.match(program), f"{name}: {program}"
        for path in re.findall(r"/usr/local/\S+|/etc/\S+", unit):
            known = path in tree or path.split(":")[-1].startswith(site.runtime.layout.credentials)
            assert known or any(one.startswith(f"{path}/") for one in tree), f"{name}: {path}"


@pytest.mark.parametrize(("host", "name"), SERVICES, ids=[name for _, name in SERVICES])
def test_the_exposure_stays_low(site, tmp_path, host, name, record_property):
    score = overall(site.units(host)[name], tmp_path / name.replace("@", "@x"))
    record_property("exposure", score)
    assert score <= EXPOSURE[concern(site.runtime, name)]


def concern(runtime, name):
    """Whose unit it is."""
    named = {
        runtime.engine_unit(): "engine",
        runtime.layout.unit("gpu-nodes"): "nodes",
        runtime.layout.unit(runtime.watchdog.unit): "watchdog",
        runtime.layout.unit(runtime.rehydration.unit): "rehydration",
        runtime.layout.unit(runtime.route_sync.unit): "route_sync",
    }
    return named.get(name, "applier")


def overall(text, path):
    """systemd's own sum, in points."""
    path.write_text(text)
    words = ["security", "--offline=true", "--no-pager", str(path)]
    done = subprocess.run([needs("systemd-analyze"), *words], capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    assert found, done.stderr
    return float(found.group(1))
