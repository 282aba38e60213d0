"""The cutover: once it is done, nothing leads back to the time before (truth book, sections 1, 7 and 12)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.rules.others import of_all
from compiler.rules.ports import listeners
from compiler.spec.hosts import Ingress
from compiler.spec.models import Primary
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Engine, Serving

Entry = Serving | Ingress | Primary | Engine


def _entries(runtime: Runtime) -> Iterator[tuple[str, Entry]]:
    yield from runtime.profiles()
    yield from runtime.ingresses()
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Primary):
            yield key, model
    yield "engine", runtime.engine


def nothing_of_before(runtime: Runtime, key: str, entry: Entry) -> Iterator[Finding]:
    """Once live, no port, model id or provider of the time before is used."""
    if runtime.cutover.phase != "live":
        return
    if isinstance(entry, Serving):
        yield from _old_ports(runtime, key, entry)
    elif isinstance(entry, Ingress):
        yield from _old_ssh(runtime, key, entry)
    elif isinstance(entry, Primary):
        yield from _old_id(runtime, key, entry)
    else:
        yield from _old_provider(runtime, entry)


def _old_ports(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    old = runtime.cutover.port_before
    for path, port, what in listeners(key, serving):
        if port == old:
            new = _serving_port(runtime) if path == ("serving", key, "port") else None
            yield Finding(
                path,
                f"{port} as {what} of `{key}` is the port before the cutover, and the cutover is done",
                f"write {new}"
                if new
                else "write the new serving port"
                if "port" in path[2:3]
                else "write another",
                related=(Related("the port before", ("cutover", "port_before")),),
                edits=(Edit(path, str(new)),) if new else (),
            )


def _serving_port(runtime: Runtime) -> int | None:
    """The one port that profiles serve on, if some do so on another than before: all must have the same."""
    ports = {port for _, port in of_all(runtime.profiles(), lambda one: one.port)}
    ports.discard(runtime.cutover.port_before)
    return ports.pop() if len(ports) == 1 else None


def _old_ssh(runtime: Runtime, name: str, host: Ingress) -> Iterator[Finding]:
    if host.ssh.port == runtime.cutover.port_before:
        yield Finding(
            ("hosts", name, "ssh", "port"),
            f"{host.ssh.port} is the port before the cutover, not sshd's",
            "write sshd's port",
            related=(Related("the port before", ("cutover", "port_before")),),
        )


def _old_id(runtime: Runtime, key: str, model: Primary) -> Iterator[Finding]:
    for index, old in enumerate(runtime.legacy.model_ids):
        if model.served_name == old:
            yield Finding(
                ("models", key, "served_name"),
                f"`{old}` is an id of the time before, which nobody may use any more",
                "write the new id, or take it out of `legacy.model_ids` if it has stayed the same",
                related=(Related("an old id", ("legacy", "model_ids", index)),),
            )


def _old_provider(runtime: Runtime, engine: Engine) -> Iterator[Finding]:
    for index, old in enumerate(runtime.legacy.providers):
        place = Related("a provider of the time before", ("legacy", "providers", index))
        if old == engine.unit and old != engine.name:
            told = f"the engine's unit is named after `{old}`, the provider before"
            yield Finding(("engine", "unit"), told, f"write {engine.name}", related=(place,))
        if old == engine.name:
            path: SpecPath = ("legacy", "providers", index)
            told = f"`{old}` is the engine that serves now, and no provider of the time before"
            yield Finding(path, told, "take it out", edits=(Edit(path, None),))


def old_id_before_cutover(runtime: Runtime) -> Iterator[Finding]:
    """With `phase: before`, `legacy.model_ids` has an id to route to."""
    if runtime.cutover.phase == "before" and not runtime.legacy.model_ids:
        yield Finding(
            ("legacy", "model_ids"),
            "the cutover has not happened, and no id of the time before is known",
            "add the id that clients use now, or write `live` as `cutover.phase`",
            related=(Related("the phase", ("cutover", "phase")),),
        )


RULES = (
    Rule(
        "DN047",
        old_id_before_cutover,
        "route-sync routes to a worker only when it serves the id that clients use (truth book, section 7)",
    ),
    Rule(
        "DN048",
        each(_entries, nothing_of_before),
        "there is one engine and no fallback: what is left of the engine before leads to it"
        " (truth book, sections 1, 7, 12)",
    ),
)
