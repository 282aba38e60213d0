"""Public routes and the profiles behind them (truth book, sections 1 and 7)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rules.finding import Finding
from compiler.spec.runtime import Runtime


def one_port(runtime: Runtime) -> Iterator[Finding]:
    """Every profile has the port of the first."""
    profiles = sorted(runtime.serving.items())
    for key, serving in profiles[1:]:
        name, first = profiles[0]
        if serving.port != first.port:
            yield Finding(
                ("serving", key, "port"),
                f"`{key}` serves on port {serving.port}, and `{name}` on {first.port}",
                f"write {first.port}, or change both",
            )


def one_kind_of_access(runtime: Runtime) -> Iterator[Finding]:
    """`bearer` is used by all routes of a profile, or by none."""
    for key, route in runtime.routes():
        if route.access != "bearer" and runtime.demands_key(runtime.serving[route.serving]):
            yield Finding(
                ("public", "routes", key, "access"),
                f"the route `{key}` is `{route.access}`, and another route to `{route.serving}` is `bearer`",
                "write `bearer`, or give this route a profile of its own",
            )


def no_overlap(runtime: Runtime) -> Iterator[Finding]:
    """Hostname and prefix together name one route."""
    seen: dict[tuple[str, str], str] = {}
    for key, route in runtime.routes():
        first = seen.setdefault((route.hostname, route.prefix), key)
        if first != key:
            yield Finding(
                ("public", "routes", key, "prefix"),
                f"the routes `{first}` and `{key}` are both at {route.hostname}{route.prefix}",
                "give one of them another prefix or hostname",
            )


def old_id_before_cutover(runtime: Runtime) -> Iterator[Finding]:
    """With `phase: before`, `legacy.model_ids` has an id to route to."""
    if runtime.cutover.phase == "before" and not runtime.legacy.model_ids:
        yield Finding(
            ("legacy", "model_ids"),
            "the cutover has not happened, and no id of the time before is known",
            "add the id that clients use now, or write `live` as `cutover.phase`",
        )
