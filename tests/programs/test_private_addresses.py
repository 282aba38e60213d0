"""What is private: the compiler and the programs on the hosts hold the same addresses and networks to be it.

Were the compiler more generous, a spec would compile into configurations that their programs refuse at night.
"""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path

import discover
import pytest
import route_request

from compiler.rules import check
from compiler.spec.runtime import Runtime
from tests.compiler.material import ROOT, put, runtime

SMALL = ROOT / "tests" / "specs" / "small" / "runtime.yaml"
CODES = {"DN051", "DN056", "DN060", "DN061"}
# Each network with what it is; the addresses beside the ends of a private block are public.
NETWORKS = {
    **dict.fromkeys(("10.0.0.0/8", "10.255.255.0/24", "172.16.0.0/12", "172.31.255.0/24"), True),
    **dict.fromkeys(("192.168.0.0/16", "192.168.255.0/24", "100.64.0.0/10", "100.127.255.0/24"), True),
    **dict.fromkeys(("9.255.255.0/24", "11.0.0.0/24", "172.15.255.0/24", "172.32.0.0/24"), False),
    **dict.fromkeys(("192.167.255.0/24", "192.169.0.0/24", "100.63.255.0/24", "100.128.0.0/24"), False),
    **dict.fromkeys(("100.0.0.0/8", "8.0.0.0/6", "100.0.0.0/9", "0.0.0.0/0", "8.8.8.0/24"), False),
    **dict.fromkeys(("169.254.0.0/16", "198.18.0.0/15", "192.0.2.0/24", "192.0.0.0/24"), False),
    **dict.fromkeys(("224.0.0.0/8", "240.0.0.0/8", "203.0.113.0/24"), False),
}


def middle(network: str) -> str:
    """An address in the network, at neither of its ends."""
    block = IPv4Network(network)
    return str(IPv4Address(int(block.network_address) + 9))


def compiles(network: str) -> bool:
    """Whether the compiler takes the network, with workers in it."""
    address = IPv4Address(middle(network))
    workers = (put(("hosts", f"gpu-{one}", "address", "last_seen"), str(address + one)) for one in (1, 2))
    made: Runtime = runtime(put(("network",), network), *workers, spec=SMALL)
    return not any(one.code in CODES for one in check(made))


def ingress_loads(network: str) -> bool:
    try:
        route_request.Settings(
            network=network,
            ports=(30000,),
            routes={"coding": route_request.RouteFile("/x", 1)},
            state_directory="/x",
            lock="/x",
            test_command=("true",),
            reload_command=("true",),
            request_limit_bytes=4096,
        )
    except ValueError:
        return False
    return True


def engine_binds(folder: Path, network: str) -> bool:
    path = folder / "discovery.json"
    words = {"source": "static", "address": middle(network), "last_seen": None, "network": network}
    more = {
        "imds_url": "http://127.0.0.1:1",
        "timeout_seconds": 1,
        "variable": "BIND",
        "output": f"{path}.env",
    }
    path.write_text(json.dumps({**words, **more}))
    return discover.main(["--config", str(path)], lambda _: True) == 0


@pytest.mark.parametrize(("network", "private"), sorted(NETWORKS.items()))
def test_compiler_ingress_and_worker_agree(tmp_path: Path, network: str, private: bool) -> None:
    assert compiles(network) is private
    assert ingress_loads(network) is private
    assert engine_binds(tmp_path, network) is private


def test_the_blocks_are_the_same() -> None:
    assert set(route_request.PRIVATE) - set(discover.PRIVATE) == {"127.0.0.0/8"}
    assert set(discover.PRIVATE) <= set(route_request.PRIVATE)
