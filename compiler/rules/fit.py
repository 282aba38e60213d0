"""Numbers that must fit each other: ports, GPUs, addresses and time-outs of different sections."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from compiler.rules.finding import Finding
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")


def old_port_is_gone(runtime: Runtime) -> Iterator[Finding]:
    """Once live, no profile serves on the port before."""
    for key, serving in sorted(runtime.serving.items()):
        if runtime.cutover.phase == "live" and serving.port == runtime.cutover.port_before:
            yield Finding(
                ("serving", key, "port"),
                f"`{key}` serves on {serving.port}, the port before the cutover, and the cutover is done",
                "write the new serving port",
            )


def all_gpus_are_used(runtime: Runtime) -> Iterator[Finding]:
    """Tensor × pipeline × data parallel is the number of GPUs of each worker."""
    for key, serving in sorted(runtime.serving.items()):
        used = serving.tp_size * serving.pp_size * serving.dp_size
        for name in serving.workers:
            worker = runtime.worker(name)
            there = runtime.instance(worker).count
            if used != there:
                yield Finding(
                    ("serving", key, "tp_size"),
                    f"`{key}` uses {used} GPUs (tp × pp × dp), and `{name}` ({worker.instance}) has {there}",
                    f"make the product {there}",
                )


def addresses_fit(runtime: Runtime) -> Iterator[Finding]:
    """Each worker has an address of its own, inside the network."""
    seen: dict[str, str] = {}
    for name, worker in runtime.workers():
        address = worker.address.last_seen
        path = ("hosts", name, "address", "last_seen")
        if ipaddress.IPv4Address(address) not in ipaddress.IPv4Network(runtime.network):
            yield Finding(path, f"{address} is not in {runtime.network}", "write the private address")
        if seen.setdefault(address, name) != name:
            yield Finding(
                path, f"`{seen[address]}` and `{name}` both have {address}", "correct one of the two"
            )


def network_is_private(runtime: Runtime) -> Iterator[Finding]:
    """The network is one of RFC 1918's, or part of one."""
    network = ipaddress.IPv4Network(runtime.network)
    if not any(network.subnet_of(ipaddress.IPv4Network(one)) for one in _PRIVATE):
        yield Finding(
            ("network",), f"{network} is not a private network", f"it must lie in {', '.join(_PRIVATE)}"
        )


def not_the_whole_world(runtime: Runtime) -> Iterator[Finding]:
    """No list of networks for ssh has one that holds every address."""
    operators = runtime.aws.operators if runtime.aws else ()
    lists: list[tuple[SpecPath, tuple[str, ...]]] = [(("aws", "operators"), operators)]
    lists += [(("hosts", name, "ssh", "sources"), host.ssh.sources) for name, host in runtime.ingresses()]
    for path, networks in lists:
        for index, network in enumerate(networks):
            if ipaddress.IPv4Network(network).prefixlen == 0:
                yield Finding((*path, index), f"{network} is everybody", "name the networks that are meant")


def ranks_meet_on_loopback(runtime: Runtime) -> Iterator[Finding]:
    """The ranks of one worker meet on a loopback address, and not on the API's port."""
    for key, serving in sorted(runtime.serving.items()):
        meeting = serving.dist_init
        if not ipaddress.IPv4Address(meeting.address).is_loopback:
            path = ("serving", key, "dist_init", "address")
            yield Finding(path, f"{meeting.address} is not a loopback address", "write 127.0.0.1")
        if meeting.port == serving.port:
            path = ("serving", key, "dist_init", "port")
            yield Finding(path, f"{meeting.port} is the API's port as well", "write another port")


def proxy_closes_first(runtime: Runtime) -> Iterator[Finding]:
    """The proxy keeps an idle connection for less time than the engine does."""
    proxy, engine = runtime.proxy.keepalive.timeout, runtime.engine.keep_alive
    if proxy >= engine:
        yield Finding(
            ("proxy", "keepalive", "timeout"),
            f"the proxy keeps an idle connection for {proxy}, and the engine for {engine}",
            f"write less than {engine} here, or more than {proxy} as `engine.keep_alive`",
        )
