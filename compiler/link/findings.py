"""Link as a stage: what is wrong between outputs, each at the line of the spec that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from compiler.artifact import Place, Target
from compiler.diagnostics import Diagnostic
from compiler.link import checks, credentials, network
from compiler.link.build import scopes
from compiler.link.graph import Scope
from compiler.link.trouble import Trouble
from compiler.render import Rendered
from compiler.source.document import Document
from compiler.spec.runtime import Runtime

_REASONS = {
    "DN240": "what finds a file, an account or a unit missing fails on the host, at night",
    "DN241": "one of the two would win, by the order in which they come",
    "DN242": "a file that nothing reads is one that somebody edits in vain",
}


@dataclass(frozen=True, slots=True)
class Linked:
    """The runtime, the graphs of all places with their files, and what is wrong between these."""

    runtime: Runtime
    scopes: Mapping[Place, Scope]
    findings: list[Diagnostic] = field(default_factory=list)


def link(
    rendered: Sequence[Rendered], document: Document, runtime: Runtime, targets: Sequence[Target]
) -> Linked:
    """Resolve everything that outputs need of each other."""
    graphs = scopes(rendered, runtime)
    network.publish(graphs, runtime)
    found = list(troubles(graphs, runtime))
    if not found:
        return Linked(runtime, graphs)
    from compiler.origin.placing import placed  # noqa: PLC0415 - paid only when something dangles

    return Linked(runtime, graphs, placed(found, _REASONS, rendered, document, runtime, targets))


def troubles(graphs: Mapping[Place, Scope], runtime: Runtime) -> Iterator[Trouble]:
    """What is wrong with the graphs, before the lines of the spec are known."""
    for scope in graphs.values():
        yield from checks.dangling(scope)
        yield from checks.twice(scope)
        yield from checks.unused(scope)
        yield from credentials.check(scope)
    yield from network.check(graphs, runtime)
