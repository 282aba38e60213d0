"""One step from an address or a network to another: the neighbours of the words that are more than text."""

from __future__ import annotations

import ipaddress


def next_address(text: str) -> str:
    """The address after one."""
    return str(ipaddress.IPv4Address(text) + 1)


def neighbour_host(text: str) -> str:
    """Another host: the next address, or a longer name."""
    return next_address(text) if text[-1].isdigit() else f"x{text}"


def other_network(text: str) -> str:
    """The first half of the network that is twice as large."""
    network = ipaddress.IPv4Network(text)
    return str(next(network.supernet().subnets(new_prefix=network.prefixlen + 1)))
