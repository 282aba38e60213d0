"""Clients and the profile behind their route (truth book, sections 10, 12 and 15)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.clients import Env, Roo
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_URLS = ("base_url", "chat_url", "models_url")
# What the ending of a variable's name says that it holds, the first that fits.
_ENDINGS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"(?:_|^)(?:API_?)?(?:KEY|TOKEN|SECRET|PASSWORD)$"), ("api_key",)),
    (re.compile(r"MODELS_UR[LI]$"), ("models_url",)),
    (re.compile(r"(?:CHAT|COMPLETIONS)_UR[LI]$"), ("chat_url",)),
    (re.compile(r"(?:BASE_UR[LI]|API_BASE)$"), ("base_url",)),
    (re.compile(r"_UR[LI]$"), _URLS),
    (re.compile(r"(?:_|^)MODEL(?:_NAME|_ID)?$"), ("model",)),
)


def _editors(runtime: Runtime) -> Iterator[tuple[str, Roo]]:
    for key, client in sorted(runtime.clients.items()):
        if isinstance(client, Roo):
            yield key, client


def _services(runtime: Runtime) -> Iterator[tuple[str, Env]]:
    for key, client in sorted(runtime.clients.items()):
        if isinstance(client, Env):
            yield key, client


def context_fits(runtime: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """A client's context is at most the server's."""
    profile = runtime.public.routes[client.route].serving
    ceiling = runtime.serving[profile].context_length
    if client.context > ceiling:
        yield Finding(
            ("clients", key, "context"),
            f"`{key}` has a context of {client.context}, and the server's ceiling is {ceiling}",
            f"write at most {ceiling}",
            related=(Related("the server's ceiling", ("serving", profile, "context_length")),),
        )


def proxy_waits_longer(runtime: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """The proxy waits at least as long as the most patient client."""
    if client.timeout > runtime.proxy.read_timeout:
        yield Finding(
            ("clients", key, "timeout"),
            f"`{key}` waits {client.timeout}, and the proxy gives up after {runtime.proxy.read_timeout}",
            f"write at most {runtime.proxy.read_timeout}, or {client.timeout} as `proxy.read_timeout`",
            related=(Related("here the proxy gives up", ("proxy", "read_timeout")),),
        )


def temperature_in_range(_: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """The team's range has a low and a high end, and the compiled temperature is in it."""
    range_ = client.temperature
    place: SpecPath = ("clients", key, "temperature")
    if range_.low > range_.high:
        yield Finding(
            (*place, "low"),
            f"the range from {range_.low} to {range_.high} is upside down",
            "swap the two ends",
            related=(Related("the high end", (*place, "high")),),
        )
    elif not range_.low <= range_.chosen <= range_.high:
        yield Finding(
            (*place, "chosen"),
            f"{range_.chosen} is not between {range_.low} and {range_.high}",
            "choose one in the range; the range is the team's, and changes with its decision",
        )


def file_is_enough(_: Runtime, key: str, client: Env) -> Iterator[Finding]:
    """A service is told where the runtime is and which model it must ask for."""
    facts = set(client.variables.values())
    for wanted, what in ((("base_url", "chat_url"), "where the runtime is"), (("model",), "the model's id")):
        if facts.isdisjoint(wanted):
            yield Finding(
                ("clients", key, "variables"),
                f"no variable tells `{key}` {what}",
                f"add one that holds `{'` or `'.join(wanted)}`; or waive this, and say where it learns that",
                on_key=True,
            )


def named_after_its_fact(_: Runtime, key: str, client: Env) -> Iterator[Finding]:
    """A variable holds what its name says."""
    for name, fact in client.variables.items():
        meant = _meant(name)
        if meant and fact not in meant:
            path: SpecPath = ("clients", key, "variables", name)
            right = " or ".join(f"`{one}`" for one in meant)
            yield Finding(
                path,
                f"`{name}` holds `{fact}`, and is named like one that holds {right}",
                f"write {right}; or waive this, and say that the service means it so",
            )


def _meant(name: str) -> tuple[str, ...]:
    return next((facts for ending, facts in _ENDINGS if ending.search(name)), ())


def key_where_it_is_asked_for(runtime: Runtime, key: str, client: Env) -> Iterator[Finding]:
    """A service has the API key if its route demands it, and only then."""
    route = runtime.public.routes[client.route]
    access = route.access
    related = (Related("the route's access", ("public", "routes", client.route, "access")),)
    holders = [name for name, fact in client.variables.items() if fact == "api_key"]
    if access == "bearer" and not holders:
        yield Finding(
            ("clients", key, "variables"),
            f"the route `{client.route}` demands the API key, and `{key}` does not get it",
            "add a variable that holds `api_key`; or waive this, and say where the service has the key from",
            on_key=True,
            related=related,
        )
    # Where another route of the profile demands the key, this one's access is what is wrong.
    needless = access != "bearer" and not runtime.demands_key(runtime.serving[route.serving])
    for name in holders if needless else ():
        yield Finding(
            ("clients", key, "variables", name),
            f"`{key}` gets the API key, and the route `{client.route}` does not ask for it",
            "take it out; or waive this, if the service does not start without one",
            related=related,
            severity="warning",
        )


RULES = (
    Rule(
        "DN049",
        each(_editors, context_fits),
        "the server refuses a longer prompt, and the client condenses too late (truth book, section 10)",
    ),
    Rule(
        "DN053",
        each(_editors, proxy_waits_longer),
        "a long prompt would end in 504 while the client still waits (facts: roo)",
    ),
    Rule("DN055", each(_editors, temperature_in_range), "the team agreed on it (truth book, section 10)"),
    Rule(
        "DN092",
        each(_services, file_is_enough),
        "what a service is not told, it has written down somewhere else (truth book, sections 12, 15)",
        waivable=True,
    ),
    Rule(
        "DN093",
        each(_services, named_after_its_fact),
        "services and the deploy script go by the ending of a variable's name (truth book, section 15)",
        waivable=True,
    ),
    Rule(
        "DN094",
        each(_services, key_where_it_is_asked_for),
        "without the key every request ends in 401; where nobody asks for it, it can only leak"
        " (facts: sglang)",
        waivable=True,
    ),
)
