"""Addresses: private, reachable, inside the network, and of one host alone (truth book, sections 2 and 3)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address, IPv4Network

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.rules.others import first_owners, of_all
from compiler.spec.hosts import GpuWorker, Host, Ingress
from compiler.spec.operations import Aws
from compiler.spec.path import SpecPath
from compiler.spec.public import Route
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

# RFC 1918, and the shared space of RFC 6598, which clouds and overlays give to hosts; ipaddress calls the
# latter neither private nor global. The programs on the hosts refuse every other network, too.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
_LARGEST = 8  # bits: nobody owns a larger network, and no private one is larger (RFC 1918)
_HOSTS_OWN = re.compile(r"(?:.*-)?(?:host|addr|address|ip)")
_ADDRESS = re.compile(r"(?:[a-z]+://)?([0-9]+(?:\.[0-9]+){3})(?::[0-9]+)?/?")
# 52.0.2.1 itself, and names that are made of it: ec2-52-0-2-1.compute…, 52-0-2-1.nip.io, 52.0.2.1.sslip.io.
_NAME_OF_AN_ADDRESS = re.compile(r"(?:.*[.-])?(?:[0-9]{1,3}([.-]))(?:[0-9]{1,3}\1){2}[0-9]{1,3}(?:[.-].*)?")
# In any argument, with what makes it an address and no version: a scheme before it, or a port behind it.
_WITH_PORT = re.compile(
    r"(?<![0-9.])(?:(?<=://)|(?<=@)|(?=[0-9.]+:[0-9]))((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?![0-9.])"
)


def _special(address: IPv4Address, network: IPv4Network) -> str | None:
    """What an address is, if no host can be reached at it."""
    kinds = {
        "the wildcard, every address of a host": address.is_unspecified,
        "a loopback address, which no other host reaches": address.is_loopback,
        "a link-local address, which no router forwards": address.is_link_local,
        "a multicast address": address.is_multicast,
        "reserved": address.is_reserved,
        f"the address of the network {network} itself": address == network.network_address,
        f"the broadcast address of {network}": address == network.broadcast_address,
    }
    return next((words for words, is_so in kinds.items() if is_so), None)


def _hosts(runtime: Runtime) -> Iterator[tuple[str, Host]]:
    yield from sorted(runtime.hosts.items())


def _address_of(name: str, host: Host) -> tuple[SpecPath, str] | None:
    if isinstance(host, GpuWorker):
        return _last_seen(name), host.address.last_seen
    return (("hosts", name, "ssh", "address"), host.ssh.address) if isinstance(host, Ingress) else None


def _parsed(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except AddressValueError:
        return None


def can_be_reached(runtime: Runtime, name: str, host: Host) -> Iterator[Finding]:
    """A host's address is one at which others reach it: no wildcard, no loopback, no broadcast address."""
    found = _address_of(name, host)
    address = _parsed(found[1]) if found else None
    if found and address and (what := _special(address, IPv4Network(runtime.network))):
        yield Finding(found[0], f"{address} is {what}", "write the host's own private address")


def _where_addresses_stand(runtime: Runtime) -> Iterator[tuple[str, GpuWorker | Serving | Route]]:
    yield from runtime.workers()
    yield from runtime.profiles()
    yield from runtime.routes()


def no_public_address(runtime: Runtime, key: str, entry: GpuWorker | Serving | Route) -> Iterator[Finding]:
    """No public address of a worker: not its own, not among the engine's arguments, not as a hostname."""
    if isinstance(entry, GpuWorker):
        yield from _of_worker(key, entry)
    elif isinstance(entry, Route):
        yield from _of_route(key, entry)
    else:
        yield from _of_arguments(runtime, key, entry)


def _of_worker(name: str, worker: GpuWorker) -> Iterator[Finding]:
    if IPv4Address(worker.address.last_seen).is_global:
        yield Finding(
            _last_seen(name), f"{worker.address.last_seen} is a public address", "write the private address"
        )


def _of_route(key: str, route: Route) -> Iterator[Finding]:
    if _NAME_OF_AN_ADDRESS.fullmatch(route.hostname):
        path: SpecPath = ("public", "routes", key, "hostname")
        told = f"{route.hostname} is the address of one machine, and no name that outlives it"
        yield Finding(path, told, "write the stable name whose DNS record leads to the ingress")


def _of_arguments(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    network = IPv4Network(runtime.network)
    for name, value in sorted(serving.arguments.items()):
        for address in _addresses_in(name, str(value)):
            if not address.is_loopback and (address not in network or _special(address, network)):
                path: SpecPath = ("serving", key, "arguments", name)
                what = _special(address, network) or f"not in {network}"
                told = f"the argument `{name}` is given {address}, which is {what}"
                yield Finding(path, told, f"write a private address inside {network}, or leave it out")
                break


def _addresses_in(name: str, value: str) -> Iterator[IPv4Address]:
    """The addresses in an argument: where one is asked for, any; elsewhere, those that are public."""
    given = _ADDRESS.fullmatch(value) if _HOSTS_OWN.fullmatch(name) else None
    own = _parsed(given[1]) if given else None
    if own is not None:
        yield own
        return
    found = (_parsed(one) for one in _WITH_PORT.findall(value))
    yield from (address for address in found if address is not None and address.is_global)


def workers_fit_the_network(runtime: Runtime) -> Iterator[Finding]:
    """Each worker has an address of its own, inside the network."""
    network, first = IPv4Network(runtime.network), _addresses(runtime)
    for name, text in of_all(runtime.workers(), lambda one: one.address.last_seen):
        address, path = IPv4Address(text), _last_seen(name)
        if address.is_global or _special(address, network):
            continue
        if address not in network:
            related = (Related("the network", ("network",)),)
            yield Finding(path, f"{text} is not in {network}", "write the private address", related=related)
        if (other := first[text]) != name:
            related = (Related(f"`{other}`", _last_seen(other)),)
            told = f"`{other}` and `{name}` both have {text}"
            yield Finding(path, told, "correct one of the two", related=related)


def _addresses(runtime: Runtime) -> dict[str, str]:
    """The first worker at each address."""
    return first_owners(runtime.workers(), lambda one: one.address.last_seen)


def _last_seen(name: str) -> SpecPath:
    return ("hosts", name, "address", "last_seen")


def ingress_fits_the_network(runtime: Runtime, name: str, host: Ingress) -> Iterator[Finding]:
    """An ingress that is given by its address is inside the network; a name may lead anywhere."""
    address, network = _parsed(host.ssh.address), IPv4Network(runtime.network)
    if address and address not in network and not _special(address, network):
        yield Finding(
            ("hosts", name, "ssh", "address"),
            f"{address} is not in {network}",
            "write the ingress's private address or its name; or waive this, and say how routes reach it",
            related=(Related("the network", ("network",)),),
        )


def network_is_private(runtime: Runtime) -> Iterator[Finding]:
    """The network is one of RFC 1918's or RFC 6598's, or part of one."""
    network = IPv4Network(runtime.network)
    if not any(network.subnet_of(IPv4Network(one)) for one in _PRIVATE):
        yield Finding(
            ("network",), f"{network} is not a private network", f"it must lie in {', '.join(_PRIVATE)}"
        )


def ranks_meet_on_loopback(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """The ranks of one worker meet on a loopback address."""
    meeting = serving.dist_init.address
    if not IPv4Address(meeting).is_loopback:
        path: SpecPath = ("serving", key, "dist_init", "address")
        told = f"{meeting} is not a loopback address"
        yield Finding(path, told, "write 127.0.0.1", edits=(Edit(path, "127.0.0.1"),))


def _doors(runtime: Runtime) -> Iterator[tuple[str, Ingress | Route | Aws]]:
    yield from runtime.ingresses()
    yield from runtime.routes()
    if runtime.aws is not None:
        yield "aws", runtime.aws


def _let_in(key: str, door: Ingress | Route | Aws) -> tuple[SpecPath, tuple[str, ...]]:
    if isinstance(door, Ingress):
        return ("hosts", key, "ssh", "sources"), door.ssh.sources
    if isinstance(door, Route):
        return ("public", "routes", key, "networks"), door.networks
    return ("aws", "operators"), door.operators


def doors_have_a_list(_: Runtime, key: str, door: Ingress | Route | Aws) -> Iterator[Finding]:
    """No list of networks holds every address, or most of them, or none that anybody has."""
    path, networks = _let_in(key, door)
    for index, text in enumerate(networks):
        network = IPv4Network(text)
        if network.is_multicast or (network.prefixlen and network.subnet_of(IPv4Network("0.0.0.0/8"))):
            told = f"{text} is nobody: no packet comes from there"
        elif network.prefixlen < _LARGEST:
            told = f"{text} is everybody" if network.prefixlen == 0 else f"{text} is no one's own network"
        else:
            continue
        yield Finding((*path, index), told, "name the networks that are meant")


def one_host_one_address(runtime: Runtime) -> Iterator[Finding]:
    """An ingress is where no other host is, and routes do not come from a worker."""
    workers = _addresses(runtime)
    ingresses = first_owners(runtime.ingresses(), lambda one: (one.ssh.address, one.ssh.port))

    def check(_: Runtime, name: str, host: Ingress) -> Iterator[Finding]:
        yield from _beside_ingresses(ingresses, name, host)
        yield from _beside_workers(workers, name, host)

    yield from each(Runtime.ingresses, check)(runtime)


def _beside_ingresses(first: dict[tuple[str, int], str], name: str, host: Ingress) -> Iterator[Finding]:
    path: SpecPath = ("hosts", name, "ssh", "address")
    here = (host.ssh.address, host.ssh.port)
    other = first[here]
    if other != name:
        told = f"`{other}` and `{name}` are both at {here[0]}, port {here[1]}"
        related = (Related(f"`{other}`", ("hosts", other, "ssh", "address")),)
        yield Finding(path, told, "write each one's own address", related=related)


def _beside_workers(first: dict[str, str], name: str, host: Ingress) -> Iterator[Finding]:
    path: SpecPath = ("hosts", name, "ssh", "address")
    if other := first.get(host.ssh.address):
        told = f"`{name}` is at {host.ssh.address}, the address of the worker `{other}`"
        related = (Related(f"the worker `{other}`", _last_seen(other)),)
        yield Finding(path, told, "write the ingress's own address", related=related)
    for index, source in enumerate(host.ssh.sources):
        address = source.removesuffix("/32")
        if other := first.get(address):
            path = ("hosts", name, "ssh", "sources", index)
            related = (Related(f"the worker `{other}`", _last_seen(other)),)
            told = f"{address} is the worker `{other}`, and routes come from the control plane alone"
            yield Finding(path, told, "write the control plane's address or network", related=related)


RULES = (
    Rule(
        "DN071",
        each(Runtime.ingresses, ingress_fits_the_network),
        "the network holds every host, and keys and routes are not sent through the internet"
        " (truth book, section 2)",
        waivable=True,
    ),
    Rule(
        "DN051",
        workers_fit_the_network,
        "routes lead to addresses inside the network alone (truth book, section 2)",
    ),
    Rule(
        "DN056",
        network_is_private,
        "workers are reached by private addresses alone (truth book, section 2; RFC 1918, RFC 6598)",
    ),
    Rule(
        "DN057",
        each(Runtime.profiles, ranks_meet_on_loopback),
        "the ranks of one worker talk to each other alone (truth book, section 3)",
    ),
    Rule(
        "DN059",
        each(_doors, doors_have_a_list),
        "a list of networks says who is meant; the whole internet never is (truth book, section 2)",
    ),
    Rule(
        "DN060",
        each(_hosts, can_be_reached),
        "the API binds the private address; a wildcard collides with the engine's own loopback listener"
        " (truth book, section 3)",
    ),
    Rule(
        "DN061",
        each(_where_addresses_stand, no_public_address),
        "workers are reached by private addresses, and clients use stable names (truth book, sections 1, 2)",
    ),
    Rule(
        "DN065",
        one_host_one_address,
        "control plane, ingress and worker are hosts of their own (truth book, section 2)",
    ),
)
