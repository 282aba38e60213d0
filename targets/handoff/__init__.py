"""The hand-off page: what the team types in, and what an operator needs at 3 a.m."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.safe import Safe
from compiler.formats.template import Template
from compiler.spec.clients import Roo
from compiler.spec.runtime import Runtime
from targets import common
from targets.handoff import night, notes, overview

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
        "memory": overview.memory(runtime),
        "files": overview.client_files(runtime),
        "secrets": overview.secrets(runtime),
        "figures": overview.figures(runtime),
        "sources": overview.sources(runtime),
        "comma": Safe(", ", "markdown"),
        "nothing": Safe("", "markdown"),
        "trials": runtime.measured.trials if runtime.measured else (),
        "steps": night.steps(runtime),
        "night": night.table(runtime),
        "reasons": notes.collect(runtime, "why"),
        "waivers": notes.collect(runtime, "waive"),
        "assumptions": notes.collect(runtime, "assumed"),
    }
    yield Artifact("hand-off.md", Template(_TEMPLATE, "markdown", context))


def _editors(runtime: Runtime) -> Iterator[tuple[str, Roo]]:
    for name, client in sorted(runtime.clients.items()):
        if client.kind == "roo":
            yield name, client


TARGET = Target("handoff", common.docs, plan)
