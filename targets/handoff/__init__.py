"""The hand-off page: what the team types in, and what an operator needs at 3 a.m."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.template import Template
from compiler.spec.clients import Roo
from compiler.spec.runtime import Runtime
from targets import common
from targets.handoff import notes, overview

_TEMPLATE = Path(__file__).parent / "templates" / "hand-off.md.j2"


def plan(runtime: Runtime, _: Place) -> Iterator[Artifact]:
    """One page."""
    context: dict[str, object] = {
        "runtime": runtime,
        "live": runtime.cutover.phase == "live",
        "editors": [overview.editor(runtime, name, client) for name, client in _editors(runtime)],
        "routes": overview.routes(runtime),
        "hosts": overview.hosts(runtime),
        "profiles": overview.profiles(runtime),
        "models": overview.models(runtime),
        "files": overview.client_files(runtime),
        "secrets": overview.secrets(runtime),
        "figures": overview.figures(runtime),
        "trials": runtime.measured.trials if runtime.measured else (),
        **_commands(runtime),
        "reasons": notes.collect(runtime, "why"),
        "assumptions": notes.collect(runtime, "assumed"),
    }
    yield Artifact("hand-off.md", Template(_TEMPLATE, "markdown", context))


def _commands(runtime: Runtime) -> dict[str, str]:
    return {
        "run_sync": f"sudo /usr/local/bin/{runtime.route_sync.wrapper} --dry-run",
        "report": f"cat {runtime.layout.run}/watchdog.json",
        "journal": f"journalctl -u {runtime.engine_unit()} -e",
        "rehydrate": f"systemctl start {runtime.layout.unit(runtime.rehydration.unit)}",
    }


def _editors(runtime: Runtime) -> Iterator[tuple[str, Roo]]:
    for name, client in sorted(runtime.clients.items()):
        if client.kind == "roo":
            yield name, client


TARGET = Target("handoff", common.docs, plan)
