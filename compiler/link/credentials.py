"""Each credential that a program asks its unit for is one that the unit hands to it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.formats.unit import Unit
from compiler.link.checks import missing
from compiler.link.closure import read_by
from compiler.link.graph import Scope
from compiler.link.trouble import Trouble


def check(scope: Scope) -> Iterator[Trouble]:
    """A credential that a unit's programs need and its own lines do not load."""
    handed = {
        (one.source, thing.name)
        for thing, providers in scope.offers.items()
        if thing.kind == "credential"
        for one in providers
    }
    for unit, one in scope.artifacts.items():
        if isinstance(one.planned.artifact.content, Unit):
            for path in read_by(scope, [unit]):
                for need in scope.needs.get(path, ()):
                    if need.thing.kind == "credential" and (unit, need.thing.name) not in handed:
                        yield missing(scope, path, need)
