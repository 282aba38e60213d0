"""Variables of clients' environment files: none that the system, a shell or a library reads by itself."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rule import Finding, Rule, each
from compiler.rules.environment import is_taken
from compiler.spec.clients import Env
from compiler.spec.runtime import Runtime


def _services(runtime: Runtime) -> Iterator[tuple[str, Env]]:
    for key, client in sorted(runtime.clients.items()):
        if isinstance(client, Env):
            yield key, client


def variables_are_free(_: Runtime, key: str, client: Env) -> Iterator[Finding]:
    """No variable of a service means something to a program that is not the service."""
    for name in client.variables:
        if is_taken(name):
            yield Finding(
                ("clients", key, "variables", name),
                f"`{name}` means something to the system or a library, and would be a fact of ours",
                "write the name that the service reads, such as LLM_BASE_URL; or waive this, and say who "
                "reads it",
                on_key=True,
            )


RULES = (
    Rule(
        "DN144",
        each(_services, variables_are_free),
        "the file is the service's environment: a PATH in it finds no program, and LD_PRELOAD is run "
        "(ld.so(8); systemd.exec(5); truth book, section 15)",
        waivable=True,
    ),
)
