"""What restarts and what reloads: derived from what each unit reads, and from nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from compiler.link.restarts import reloads, restarts
from tests.compiler.link.material import host

Change = tuple[str, str]
ENGINE, NGINX, WATCHDOG = "acme-engine.service", "nginx.service", "acme-watchdog.service"
COUNT = ("    workers: [gpu-1]\n", "    workers: [gpu-1]\n    arguments: {stream-interval: 2}\n")
# A change of the spec, the host, and the units that it restarts or reloads there.
CHANGES: dict[str, tuple[Change, str, set[str]]] = {
    "a comment": (("\nproxy:\n", "\n# of the proxy\nproxy:\n"), "edge", set()),
    "a title": (("title: Acme runtime", "title: Acme's runtime"), "gpu-1", set()),
    "an engine's time": (("  stop_timeout: 2m", "  stop_timeout: 3m"), "gpu-1", {ENGINE}),
    "a launch argument": (COUNT, "gpu-1", {ENGINE}),
    "a watchdog's time": (("deep_probe_interval: 5m", "deep_probe_interval: 6m"), "gpu-1", {WATCHDOG}),
    "a proxy's time": (("send_timeout: 60s", "send_timeout: 61s"), "edge", {NGINX}),
    "a client's context": (("context: 65536", "context: 65535"), "gpu-1", set()),
}


def hashes(name: str, *changes: Change) -> dict[str, str]:
    scope = host("small", name, *changes)
    return {**restarts(scope), **reloads(scope)}


@pytest.mark.parametrize(("change", "name", "units"), CHANGES.values(), ids=CHANGES.keys())
def test_a_change_restarts_what_reads_it(change: Change, name: str, units: set[str]):
    before, after = hashes(name), hashes(name, change)
    assert {unit for unit in before if before[unit] != after[unit]} == units


def test_every_unit_has_a_hash_and_no_seed_is_in_one():
    scope = host("small", "edge")
    assert set(reloads(scope)) == {NGINX}
    units = [path for path in scope.artifacts if "/systemd/system/" in path]
    assert set(restarts(scope)) == {path.rpartition("/")[2] for path in units}
    seeds = [one for one in scope.artifacts.values() if one.planned.artifact.keep == "seed"]
    assert seeds


def test_a_program_restarts_the_units_that_run_it_by_every_import():
    scope = host("small", "gpu-1")
    before = restarts(scope)
    path = next(one for one in scope.artifacts if one.endswith("/hostkit/files.py"))
    scope.artifacts[path] = replace(scope.artifacts[path], data=b"# another\n" + scope.artifacts[path].data)
    after = restarts(scope)
    moved = {unit for unit in before if before[unit] != after[unit]}
    assert {ENGINE, WATCHDOG, "acme-rehydrate.service"} <= moved
    assert "acme-watchdog.timer" not in moved and "acme-gpu-nodes.service" not in moved
