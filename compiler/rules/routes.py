"""Public routes and the profiles behind them (truth book, sections 1 and 7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.rules.others import of_all
from compiler.rules.ports import FIRST_FREE
from compiler.spec.path import SpecPath
from compiler.spec.public import Route
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def _ports(runtime: Runtime) -> list[tuple[str, int]]:
    """The port of each profile, but those that another rule refuses: privileged ones, and one of before."""
    old = runtime.cutover.port_before if runtime.cutover.phase == "live" else None
    return [
        one
        for one in of_all(runtime.profiles(), lambda profile: profile.port)
        if one[1] != old and one[1] >= FIRST_FREE
    ]


def one_port(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Every profile has the port of the others."""
    ports = _ports(runtime)
    if (key, serving.port) not in ports:
        return
    usual = Counter(port for _, port in ports).most_common(1)[0][0]
    if serving.port != usual:
        name = next(name for name, port in ports if port == usual)
        yield Finding(
            ("serving", key, "port"),
            f"`{key}` serves on port {serving.port}, and `{name}` on {usual}",
            f"write {usual}, or change both",
            related=(Related(f"`{name}`", ("serving", name, "port")),),
        )


def one_kind_of_access(runtime: Runtime, key: str, route: Route) -> Iterator[Finding]:
    """`bearer` is used by all routes of a profile, or by none."""
    if route.access != "bearer" and runtime.demands_key(runtime.serving[route.serving]):
        other = next(
            name for name, one in runtime.routes() if (one.serving, one.access) == (route.serving, "bearer")
        )
        yield Finding(
            _at(key, "access"),
            f"the route `{key}` is `{route.access}`, and `{other}`, which leads to `{route.serving}` too, is"
            " `bearer`",
            "write `bearer`, or give this route a profile of its own",
            related=(Related(f"the route `{other}`", _at(other, "access")),),
        )


def _at(key: str, field: str) -> SpecPath:
    return ("public", "routes", key, field)


def _by_hostname(runtime: Runtime) -> Iterator[tuple[str, list[str]]]:
    hostnames: dict[str, list[str]] = {}
    for key, hostname in of_all(runtime.routes(), lambda one: one.hostname):
        hostnames.setdefault(hostname, []).append(key)
    yield from hostnames.items()


def no_overlap(runtime: Runtime, hostname: str, keys: list[str]) -> Iterator[Finding]:
    """Of one hostname, no two routes have a path in common, and all are served by one server."""
    routes = [(key, runtime.public.routes[key]) for key in keys]
    servers = list(of_all(routes, lambda one: one.server))
    for key, server in servers[1:]:
        other, first = servers[0]
        if server != first:
            kinds = f"`{other}` is `{first}` and `{key}` `{server}`, at one hostname, {hostname}"
            related = (Related(f"the route `{other}`", _at(other, "server")),)
            yield Finding(_at(key, "server"), kinds, "write the same for both", related=related)
    taken: dict[str, str] = {}
    for key, paths in of_all(routes, lambda one: _paths(runtime, one)):
        shared = sorted(paths & taken.keys())
        if shared:
            other = taken[shared[0]]
            both = f"the routes `{other}` and `{key}` are both at {hostname}{shared[0]}"
            related = (Related(f"the route `{other}`", _at(other, "prefix")),)
            remedy = "give one of them another prefix or hostname"
            yield Finding(_at(key, "prefix"), both, remedy, related=related)
        for path in paths:
            taken.setdefault(path, key)


def _paths(runtime: Runtime, route: Route) -> set[str]:
    """The paths that a route answers, each matched exactly."""
    paths = {route.prefix + runtime.public.base + one.path for one in runtime.endpoints()}
    return {*paths, route.prefix} - {""}


def networks_and_access_agree(_: Runtime, key: str, route: Route) -> Iterator[Finding]:
    """`networks` is there with `access: network`, and with nothing else."""
    if route.access == "network" and not route.networks:
        yield Finding(
            _at(key, "access"),
            f"the route `{key}` lets in certain networks, and names none",
            "add `networks:`, such as [10.0.0.0/8]",
        )
    elif route.networks and route.access != "network":
        yield Finding(
            _at(key, "networks"),
            f"`networks` holds nobody back: the route `{key}` is `{route.access}`",
            "write `access: network`, or take the networks out",
            on_key=True,
            related=(Related("what decides", _at(key, "access")),),
        )


def open_is_a_decision(_: Runtime, key: str, route: Route) -> Iterator[Finding]:
    """No route is open to everybody, but by a waiver."""
    if route.access == "open":
        yield Finding(
            _at(key, "access"),
            f"the route `{key}` lets in everybody",
            "write `bearer`, or waive this beside it and say who else asks who comes",
        )


RULES = (
    Rule(
        "DN043",
        each(Runtime.profiles, one_port),
        "route-sync publishes the port of its one variable (truth book, section 7)",
    ),
    Rule(
        "DN044",
        each(Runtime.routes, one_kind_of_access),
        "the engine either demands the key of everybody or of nobody (facts: sglang)",
    ),
    Rule(
        "DN045",
        each(_by_hostname, no_overlap),
        "nginx refuses a location that is there twice, and ignores the second server of a name"
        " (truth book, section 1)",
    ),
    Rule(
        "DN063",
        each(Runtime.routes, networks_and_access_agree),
        "who reads a list of networks believes that it holds others back (nginx: ngx_http_access_module)",
    ),
    Rule(
        "DN079",
        each(Runtime.routes, open_is_a_decision),
        "whoever finds the name uses the GPUs, and nothing says that this was meant (truth book, section 2)",
        waivable=True,
    ),
)
