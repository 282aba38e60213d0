"""Graphs of the specs of the tests, as they are and without one output."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from compiler.artifact import Host, Place
from compiler.diagnostics import Diagnostic
from compiler.link import checks, network
from compiler.link.build import scopes
from compiler.link.findings import link, troubles
from compiler.link.graph import Scope
from compiler.link.trouble import Trouble
from compiler.render import Rendered
from compiler.spec.runtime import Runtime
from targets import TARGETS
from tests.verify.planting import compiled

SPECS = ("book", "nordlys", "small")


@cache
def outputs(spec: str, *changes: tuple[str, str]) -> tuple[Runtime, tuple[Rendered, ...]]:
    """Every output of a spec, after changes of its text."""
    _, linked = compiled(spec, *changes)
    return linked.runtime, tuple(one for scope in linked.scopes.values() for one in scope.artifacts.values())


def graphs(rendered: Sequence[Rendered], runtime: Runtime) -> dict[Place, Scope]:
    """The graphs of some outputs."""
    made = scopes(rendered, runtime)
    network.publish(made, runtime)
    return made


def found(rendered: Sequence[Rendered], runtime: Runtime) -> list[Trouble]:
    """What is wrong between some outputs."""
    return list(troubles(graphs(rendered, runtime), runtime))


def host(spec: str, name: str, *changes: tuple[str, str]) -> Scope:
    """The graph of one host."""
    runtime, rendered = outputs(spec, *changes)
    return graphs(rendered, runtime)[Host(name)]


def is_root(scope: Scope, path: str) -> bool:
    """Whether nothing of ours has to need the output."""
    return checks.is_root(scope, path)


def spoilt(path: str, right: str, wrong: str, spec: str = "small") -> list[Diagnostic]:
    """The findings once a text of an output is another, as a fault of a target would make it."""
    document, linked = compiled(spec)
    rendered = [one for scope in linked.scopes.values() for one in scope.artifacts.values()]
    (at,) = (number for number, one in enumerate(rendered) if one.planned.path == path)
    text = rendered[at].data.decode()
    assert right in text, text
    rendered[at] = replace(rendered[at], data=text.replace(right, wrong).encode())
    return link(rendered, document, linked.runtime, TARGETS).findings
