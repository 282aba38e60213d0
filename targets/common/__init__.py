"""Shapes that several targets share: where a program, a configuration or a unit goes.

Only shapes: what stands in a file is its own target's business.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compiler.artifact import Artifact, Client, Docs, Host, Place
from compiler.formats.json import Json, Value
from compiler.formats.marked import Base
from compiler.formats.unit import Unit
from compiler.formats.verbatim import Given, Verbatim
from compiler.spec.public import Route
from compiler.spec.runtime import Runtime

PYTHON = "/usr/bin/python3"
BIND_VARIABLE = "BIND_ADDRESS"


def control_planes(runtime: Runtime) -> Iterable[Place]:
    """The places of targets that keep routes."""
    return [Host(name) for name, _ in runtime.control_planes()]


def ingresses(runtime: Runtime) -> Iterable[Place]:
    """The places of targets that serve the public hostnames."""
    return [Host(name) for name, _ in runtime.ingresses()]


def workers(runtime: Runtime) -> Iterable[Place]:
    """The places of targets that serve models."""
    return [Host(name) for name, _ in runtime.workers()]


def hosts(runtime: Runtime) -> Iterable[Place]:
    """Every host."""
    return [Host(name) for name in sorted(runtime.hosts)]


def docs(_: Runtime) -> Iterable[Place]:
    """The pages for people."""
    return [Docs()]


def clients(runtime: Runtime, kind: str) -> Iterable[Place]:
    """Every client of a kind."""
    return [Client(name) for name, client in sorted(runtime.clients.items()) if client.kind == kind]


def base(runtime: Runtime, route: Route) -> Base:
    """A client's base URL, with what every client puts behind it."""
    endpoints = runtime.public.endpoints
    return Base(runtime.base_url(route), endpoints.models.path, endpoints.chat_completions.path)


def name_of(place: Place) -> str:
    """The name of a host or client in the spec."""
    return "" if isinstance(place, Docs) else place.name


def program(runtime: Runtime, source: Path, name: str | None = None) -> Artifact:
    """A shipped program; all lie in one folder, so that they can import each other."""
    return Artifact(f"{runtime.layout.lib}/{name or source.name}", Verbatim(source), 0o755)


def programs(runtime: Runtime, folder: Path, **renamed: str) -> Iterable[Artifact]:
    """Every program of a target's folder, some under the name that the spec gives them."""
    for source in sorted((folder / "programs").glob("*.py")):
        yield program(runtime, source, renamed.get(source.stem))


def config(runtime: Runtime, name: str, value: Value) -> Artifact:
    """A JSON configuration of one of our programs."""
    return Artifact(f"{runtime.layout.etc}/{name}.json", Json(value))


def config_path(runtime: Runtime, name: str) -> str:
    """Where `config` puts it."""
    return f"{runtime.layout.etc}/{name}.json"


def unit_file(runtime: Runtime, name: str, content: Unit) -> Artifact:
    """A unit of ours."""
    return Artifact(runtime.layout.unit_path(name), content)


def call(runtime: Runtime, name: str, *words: str, python: str = PYTHON) -> list[str]:
    """The command line of a shipped program."""
    return [python, f"{runtime.layout.lib}/{name}", *words]


def lock(runtime: Runtime, name: str, source: str) -> Artifact:
    """A hash-locked requirement list, from beside the spec."""
    return Artifact(f"{runtime.layout.locks}/{name}.txt", Given(runtime.input(source)))
