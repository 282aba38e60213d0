"""systemd reads every unit, scores it and reads its calendar, and complains at the line of the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.verify.consumers.systemd import version
from compiler.verify.tools import Tools
from tests.verify.conftest import Wants
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import compiled, verified

pytestmark = pytest.mark.native

GPU = "hosts/gpu-worker/root/etc/systemd/system/desineuron"
ENGINE = f"{GPU}-sglang.service"
SYNC = "hosts/linux-origin/root/etc/systemd/system/desineuron-llm-route-sync"
RENEW = "hosts/edge-west/root/etc/systemd/system/nordlys-certificates.timer"
DAY = "OnCalendar=daily"
CHECKS = ["systemd-verify", "systemd-calendar", "systemd-security"]

UNITS = [
    Fault(ENGINE, "StopSec=120s", "StopSec=120 parsecs", "Failed to parse", "stop_timeout: 2m"),
    Fault(ENGINE, "RestartSec=15s", "RestartSec=15parsec", "Failed to parse", "restart_delay: 15s"),
    Fault(ENGINE, "KillMode=mixed", "KilMode=mixed", "Unknown key", ""),
    Fault(ENGINE, "LimitNOFILE=1048576", "LimitNOFILE=lots", "Failed to parse resource value", ""),
    Fault(f"{GPU}-gpu-nodes.service", "Before=", "After=", "Found ordering cycle", "name: desineuron"),
    Fault(f"{GPU}-sglang-watchdog.timer", "OnBootSec=120s", "OnBootSec=two", "parse", "boot_delay: 2m"),
    Fault(f"{GPU}-sglang-watchdog.timer", "[Timer]", "[Timers]", "Unknown section 'Timers'", ""),
    Fault(f"{GPU}-model-rehydrate.service", "Sec=10800s", "Sec=late", "ignoring: late", "run_timeout: 3h"),
    Fault(f"{GPU}-sglang-watchdog.service", "Type=oneshot", "Type=oneshot\nRestart=always", "isn't", ""),
    Fault(f"{SYNC}.timer", "InactiveSec=60s", "InactiveSec=60 blinks", "60 blinks", "interval: 60s"),
    Fault(
        f"{SYNC}.service",
        "ExecStart=/opt/desineuron",
        "ExecStart=/opt/nobody",
        "not executable",
        "program: sync_llm_route.py",
    ),
]
LIMITS = [
    Fault("", "  exposure: 3.0\n  nodes", "  exposure: 1.2\n  nodes", "at most 1.2", "exposure: 1.2"),
    Fault("", "nodes_exposure: 3.5", "nodes_exposure: 3.3", "exposure of 3.4", "nodes_exposure: 3.3"),
    Fault(
        "",
        "deep_probe_interval: 5m\n  exposure: 3.5",
        "deep_probe_interval: 5m\n  exposure: 1.1",
        "watchdog",
        "exposure: 1.1",
    ),
    Fault(
        "",
        "run_timeout: 3h\n  exposure: 2.5",
        "run_timeout: 3h\n  exposure: 0.9",
        "rehydrate",
        "exposure: 0.9",
    ),
    Fault(
        "",
        "public_key: null\n  exposure: 1.5",
        "public_key: null\n  exposure: 0.8",
        "route-sync",
        "exposure: 0.8",
    ),
    Fault(
        "",
        "applier.sh\n  exposure: 2.5",
        "applier.sh\n  exposure: 2.1",
        "applier@.service has",
        "exposure: 2.1",
    ),
    Fault(
        f"{SYNC}.service",
        "RestrictNamespaces=yes\n",
        "",
        "route-sync.service has an exposure of",
        "exposure: 1.5",
    ),
]
TIMES = [
    Fault(RENEW, DAY, f"OnCalendar={wrong}", "Failed to parse calendar", at, "nordlys")
    for wrong in ("dayly", "Mon *-*-* 25:00", "*-13-01", "hourly at noon", "Mon..Funday")
    for at in ("",)
]


@pytest.fixture(autouse=True)
def tools(wants: Wants):
    wants("systemd-analyze", "unshare")


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_it_takes_every_unit(spec: str, check: str):
    if check != "systemd-calendar" or spec == "nordlys":
        assert verified(only=[check], spec=spec) == []


@pytest.mark.parametrize("fault", UNITS, ids=lambda one: one.name)
def test_a_bad_unit_is_told(fault: Fault):
    assert_told(fault, "systemd-verify", "DN410")


@pytest.mark.parametrize("fault", LIMITS, ids=lambda one: one.name)
def test_a_unit_above_its_limit_is_told_at_the_limit(fault: Fault):
    assert_told(fault, "systemd-security", "DN411")


@pytest.mark.parametrize("fault", TIMES, ids=lambda one: one.name)
def test_a_bad_calendar_expression_is_told(fault: Fault):
    assert_told(fault, "systemd-calendar", "DN412")


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_no_limit_is_above_what_was_promised(spec: str):
    """The small spec writes none, and has the model's."""
    _, linked = compiled(spec)
    runtime = linked.runtime
    assert runtime.engine.exposure <= 3.0
    assert runtime.watchdog.exposure <= 3.5
    assert runtime.route_sync.exposure <= 1.5


def test_one_fault_is_one_finding():
    outputs = {f"{GPU}-gpu-nodes.service": ("Before=", "After=")}
    assert len(verified(only=["systemd-verify"], outputs=outputs)) == 1


OLD = ("debian-11", "247", "3.9"), ("debian-12", "252", "3.11"), ("debian-13", "257", "3.13")


@pytest.mark.parametrize(("release", "systemd", "python"), OLD, ids=lambda one: one)
def test_each_release_reads_the_units_of_its_hosts(wants: Wants, release: str, systemd: str, python: str):
    wants("roots")
    root = Tools().root(release)
    assert root is not None and version(root) == int(systemd)
    written = '    role: control-plane\n    os: {}\n    systemd: {}\n    python: "{}"\n'
    change = (written.format("debian-12", "252", "3.11"), written.format(release, systemd, python))
    assert verified(only=["systemd-verify"], changes=[change]) == []
    spoiled = {f"{SYNC}.timer": ("InactiveSec=60s", "InactiveSec=60 blinks")}
    assert [one.code for one in verified(only=["systemd-verify"], changes=[change], outputs=spoiled)] == [
        "DN410"
    ]


def test_a_host_that_is_newer_than_every_systemd_here_is_said(tmp_path: Path):
    newer = (
        '    os: debian-12\n    systemd: 252\n    python: "3.11"\n    nginx',
        '    os: debian-12\n    systemd: 258\n    python: "3.11"\n    nginx',
    )
    found = verified(only=["systemd-verify"], changes=[newer], tools=Tools(tmp_path), require_tools=True)
    assert [(one.code, "has systemd 258, and here is only" in one.message) for one in found] == [
        ("DN490", True)
    ]
