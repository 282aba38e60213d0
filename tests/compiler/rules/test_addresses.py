"""The rules about addresses go over the hosts once: the time that they take grows as the hosts do."""

from __future__ import annotations

import time
from ipaddress import IPv4Address

import pytest

from compiler.rule import Check
from compiler.rules.addresses import one_host_one_address, workers_fit_the_network
from compiler.rules.others import first_owners
from compiler.spec.runtime import Runtime
from compiler.spec.unknown import Unknown
from tests.compiler.material import ROOT, runtime

SMALL = ROOT / "tests" / "specs" / "small" / "runtime.yaml"


def fleet(many: int) -> Runtime:
    """A runtime of so many workers and ingresses, each at an address of its own."""
    made = runtime(spec=SMALL)
    worker, edge = made.hosts["gpu-1"], made.hosts["edge"]
    for number in range(many):
        address = str(IPv4Address("10.20.0.0") + number + 1)
        place = worker.address.model_copy(update={"last_seen": address})
        made.hosts[f"gpu-{number}"] = worker.model_copy(update={"address": place})
        ssh = edge.ssh.model_copy(update={"address": f"edge-{number}.example.org"})
        made.hosts[f"edge-{number}"] = edge.model_copy(update={"ssh": ssh})
    return made


def seconds(rule: Check, made: Runtime) -> float:
    """The best of three runs."""
    taken = []
    for _ in range(3):
        before = time.process_time()
        assert [one.message for one in rule(made)] == []
        taken.append(time.process_time() - before)
    return min(taken)


@pytest.mark.parametrize("rule", [workers_fit_the_network, one_host_one_address])
def test_ten_times_the_hosts_take_about_ten_times_as_long(rule: Check):
    few, many = seconds(rule, fleet(300)), seconds(rule, fleet(3000))
    assert many < 40 * max(few, 0.001), f"{few:.4f} s for 300 hosts, {many:.4f} s for 3000"


def test_the_first_owner_is_told_and_what_is_unknown_is_passed_over():
    def read(entry: int | None) -> int:
        if entry is None:
            raise Unknown("entry")
        return entry

    entries = [("a", None), ("b", 1), ("c", 1), ("d", 2)]
    assert first_owners(entries, read) == {1: "b", 2: "d"}
