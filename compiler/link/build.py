"""The graphs of all places, from what the outputs themselves say."""

from __future__ import annotations

from collections.abc import Sequence

from compiler.artifact import Host, Place
from compiler.link import given, reads
from compiler.link.graph import GIVEN, Scope
from compiler.link.thing import Needs
from compiler.render import Rendered
from compiler.spec.runtime import Runtime


def held(rendered: Sequence[Rendered]) -> dict[Place, Scope]:
    """One graph for each place that has an artifact, in order, with its artifacts and nothing else."""
    found: dict[Place, Scope] = {}
    for one in rendered:
        place = one.planned.place
        found.setdefault(place, Scope(place)).hold(one.planned.artifact.path, one)
    return found


def scopes(rendered: Sequence[Rendered], runtime: Runtime) -> dict[Place, Scope]:
    """The graphs, with all that the artifacts and their hosts provide and need."""
    found = held(rendered)
    for place, scope in found.items():
        if isinstance(place, Host):
            scope.offer(GIVEN, given.offers(runtime, runtime.hosts[place.name]))
        for path, one in scope.artifacts.items():
            for link in reads.links(one, runtime.layout.lib):
                if isinstance(link, Needs):
                    scope.needs.setdefault(path, []).append(link)
                else:
                    scope.offer(path, [link])
    return found
