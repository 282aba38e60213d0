"""Ports: each has one listener on its host, and that one may open it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.hosts import Ingress
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

Listener = tuple[SpecPath, int, str]

FIRST_FREE = 1024  # net.ipv4.ip_unprivileged_port_start; the engine's account has no capabilities
_WEB = (80, 443)


def listeners(key: str, serving: Serving) -> Iterator[Listener]:
    """Where a worker of a profile listens, with what for: typed fields, and arguments that name a port."""
    place: SpecPath = ("serving", key)
    yield (*place, "port"), serving.port, "the API's port"
    yield (*place, "dist_init", "port"), serving.dist_init.port, "the port where the ranks meet"
    for name, value in sorted(serving.arguments.items()):
        number = port_in(name, value)
        if number is not None:
            yield (*place, "arguments", name), number, f"the port of the argument `{name}`"


def port_in(name: str, value: object) -> int | None:
    """The port that an argument gives, by itself or after an address."""
    last = str(value).rpartition(":")[2]
    names_one = name.endswith(("port", "addr"))
    counts = not isinstance(value, bool) and last.isascii() and last.isdigit()
    return int(last) if names_one and counts else None


def _tables(runtime: Runtime) -> Iterator[tuple[str, Serving | Ingress]]:
    yield from runtime.profiles()
    yield from runtime.ingresses()


def one_listener_a_port(_: Runtime, key: str, entry: Serving | Ingress) -> Iterator[Finding]:
    """No two listeners of a host share a port, and what runs without privileges has one from 1024 on."""
    if isinstance(entry, Ingress):
        if entry.ssh.port in _WEB:
            path: SpecPath = ("hosts", key, "ssh", "port")
            told = f"{entry.ssh.port} is nginx's port on an ingress, and sshd is said to listen there"
            yield Finding(path, told, "write sshd's port")
        return
    seen: dict[int, tuple[SpecPath, str]] = {}
    for place, port, what in listeners(key, entry):
        if port < FIRST_FREE:
            told = f"{port} as {what} is below {FIRST_FREE}, where only privileged programs may listen"
            yield Finding(place, told, f"write a port from {FIRST_FREE} on")
        first = seen.setdefault(port, (place, what))
        if first[0] != place:
            related = (Related(first[1], first[0]),)
            yield Finding(place, f"{port} is {first[1]} as well", "write another port", related=related)


RULES = (
    Rule(
        "DN062",
        each(_tables, one_listener_a_port),
        "two listeners cannot share a port, and the engine has no privileges; it binds last, after minutes of"
        " loading, and dies of it (truth book, section 3)",
    ),
)
