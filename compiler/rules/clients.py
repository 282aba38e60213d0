"""Clients and the profile behind their route (truth book, sections 10 and 12)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rules.finding import Finding
from compiler.spec.clients import Roo
from compiler.spec.runtime import Runtime

# The client condenses at 0.9 × context − min(answer, 0.2 × context): a longer answer would find no room.
_ANSWER_SHARE = 5


def _editors(runtime: Runtime) -> Iterator[tuple[str, Roo]]:
    for key, client in sorted(runtime.clients.items()):
        if isinstance(client, Roo):
            yield key, client


def context_fits(runtime: Runtime) -> Iterator[Finding]:
    """A client's context is at most the server's, and its longest answer a fifth of it."""
    for key, client in _editors(runtime):
        ceiling = runtime.serving[runtime.public.routes[client.route].serving].context_length
        if client.context > ceiling:
            yield Finding(
                ("clients", key, "context"),
                f"`{key}` has a context of {client.context}, and the server's ceiling is {ceiling}",
                f"write at most {ceiling}",
            )
        if client.max_tokens * _ANSWER_SHARE > client.context:
            yield Finding(
                ("clients", key, "max_tokens"),
                f"answers of {client.max_tokens} tokens do not fit a context of {client.context}",
                f"write at most {client.context // _ANSWER_SHARE}, a fifth of the context",
            )


def proxy_waits_longer(runtime: Runtime) -> Iterator[Finding]:
    """The proxy waits at least as long as the most patient client."""
    for key, client in _editors(runtime):
        if client.timeout > runtime.proxy.read_timeout:
            yield Finding(
                ("clients", key, "timeout"),
                f"`{key}` waits {client.timeout}, and the proxy gives up after {runtime.proxy.read_timeout}",
                "shorten it, or raise `proxy.read_timeout`",
            )


def temperature_in_range(runtime: Runtime) -> Iterator[Finding]:
    """The compiled temperature is in the team's range."""
    for key, client in _editors(runtime):
        range_ = client.temperature
        if not range_.low <= range_.chosen <= range_.high:
            yield Finding(
                ("clients", key, "temperature", "chosen"),
                f"{range_.chosen} is not between {range_.low} and {range_.high}",
                "choose one in the range, or widen the range",
            )
