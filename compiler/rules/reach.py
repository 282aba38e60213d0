"""Lists of networks that let people and hosts in, against the network that all hosts are in (section 2)."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_SHARED = IPv4Network("100.64.0.0/10")  # RFC 6598: clouds and overlays give it to hosts
Door = tuple[SpecPath, str]


def _doors(runtime: Runtime) -> Iterator[tuple[str, Door]]:
    for name, _ in runtime.ingresses():
        yield name, (("hosts", name, "ssh", "sources"), "the control plane")
    if runtime.aws is not None:
        yield "aws", (("aws", "operators"), "operators")


def somebody_comes_from_inside(runtime: Runtime, key: str, door: Door) -> Iterator[Finding]:
    """A list of who may come by ssh has a part of the network of all hosts."""
    path, who = door
    networks = [IPv4Network(one) for one in _listed(runtime, key)]
    inside = IPv4Network(runtime.network)
    private = inside.is_private or inside.subnet_of(_SHARED)  # of another network, another rule speaks
    if networks and private and not any(one.overlaps(inside) for one in networks):
        named = ", ".join(map(str, networks[:3])) + (" and more" if len(networks) > 3 else "")
        lies = "lies" if len(networks) == 1 else "lie"
        yield Finding(
            path,
            f"{named} {lies} outside the network {inside}, and nothing else is in the list",
            f"write where {who} {'come' if who == 'operators' else 'comes'} from in {inside}; or waive this,"
            " and say from where they come",
            related=(Related("the network of all hosts", ("network",)),),
        )


def _listed(runtime: Runtime, key: str) -> tuple[str, ...]:
    for name, host in runtime.ingresses():
        if name == key:
            return host.ssh.sources
    return runtime.aws.operators if runtime.aws is not None else ()


RULES = (
    Rule(
        "DN133",
        each(_doors, somebody_comes_from_inside),
        "a network that was moved leaves its lists behind, and whoever keeps the routes is shut out "
        "(truth book, sections 2 and 7)",
        severity="warning",
        waivable=True,
    ),
)
