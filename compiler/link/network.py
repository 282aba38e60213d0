"""Between hosts: every address of a client is answered, every route leads to a port that a worker binds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler.artifact import Host, Place
from compiler.formats.template import Template
from compiler.link.checks import missing
from compiler.link.graph import Scope
from compiler.link.reads import nginx
from compiler.link.thing import EVERYWHERE, Offers, Thing
from compiler.link.trouble import Trouble
from compiler.spec.hosts import GpuWorker, Ingress
from compiler.spec.runtime import Runtime


def publish(scopes: Mapping[Place, Scope], runtime: Runtime) -> None:
    """Note on each ingress what it answers, and on each worker what others may connect to."""
    for place, scope in scopes.items():
        host = runtime.hosts.get(place.name) if isinstance(place, Host) else None
        if isinstance(host, Ingress):
            for path, thing, line in _answered(scope):
                scope.offer(path, [Offers(thing, line, shared=True)])
        elif isinstance(host, GpuWorker):
            for thing in [one for one in scope.offers if one.kind == "port"]:
                for provided in scope.offers[thing]:
                    scope.offer(
                        provided.source,
                        [Offers(Thing("service", thing.name), provided.offer.line, shared=True)],
                    )


def _answered(scope: Scope) -> Iterator[tuple[str, Thing, int]]:
    files = {
        path: one.data.decode()
        for path, one in scope.artifacts.items()
        if isinstance(one.planned.artifact.content, Template)
    }
    for address, path, line in nginx.addresses(files):
        yield path, Thing("url", address), line
    for path, one in scope.artifacts.items():
        if one.planned.artifact.included_by:
            for location, line in nginx.exact(files[path]):
                yield path, Thing("url", f"{one.planned.artifact.included_by}{location}"), line


def check(scopes: Mapping[Place, Scope], runtime: Runtime) -> Iterator[Trouble]:
    """A need of one place that no other provides; an address must be answered by every ingress."""
    for scope in scopes.values():
        for path, need in scope.all_needs():
            if need.thing.kind in EVERYWHERE and not _met(need.thing, scopes, runtime):
                yield missing(scope, path, need)


def _met(thing: Thing, scopes: Mapping[Place, Scope], runtime: Runtime) -> bool:
    having = [
        place.name for place, scope in scopes.items() if isinstance(place, Host) and thing in scope.offers
    ]
    if thing.kind == "url":
        return all(name in having for name, _ in runtime.ingresses())
    return bool(having)
