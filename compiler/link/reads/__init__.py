"""What an output says of others, by its format."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.artifact import Artifact, Place
from compiler.formats.columns import Columns
from compiler.formats.env import Env
from compiler.formats.json import Json
from compiler.formats.script import Script
from compiler.formats.ssh import AuthorizedKeys
from compiler.formats.template import Template
from compiler.formats.unit import Unit
from compiler.formats.verbatim import Given, Verbatim
from compiler.link.reads import columns, env, json, nginx, python, script, ssh, unit
from compiler.link.thing import Link, Needs, Thing
from compiler.render import Rendered


def links(one: Rendered, lib: str) -> Iterator[Link]:
    """Everything that an output uses and provides, but for its own path.

    Args:
        one: the output.
        lib: the folder in which the host's programs lie.
    """
    artifact, place = one.planned.artifact, one.planned.place
    yield from _owners(artifact)
    yield from _of_content(one, artifact, place, lib)


def _owners(artifact: Artifact) -> Iterator[Link]:
    for kind, name in (("user", artifact.owner), ("group", artifact.group)):
        if name != "root":
            yield Needs(Thing("user" if kind == "user" else "group", name), 0, kind, reads=False)


def _of_content(one: Rendered, artifact: Artifact, place: Place, lib: str) -> Iterator[Link]:
    path = artifact.path
    match artifact.content:
        case Unit():
            yield from unit.links(path, one.data.decode())
        case Columns():
            yield from columns.links(one.data.decode(), place.folder.split("/")[1])
        case Json() as content:
            yield from json.links(content.value)
        case Env() as content:
            yield from env.links(content)
        case Script() as content:
            yield from script.links(content, path)
        case AuthorizedKeys() as content:
            yield from ssh.links(content, path)
        case Template(format="nginx"):
            yield from nginx.links(path, one.data.decode())
        case Verbatim() if path.endswith(".py"):
            yield from python.links(path, one.data.decode())
        case Given() if is_list(one):
            yield from python.pinned(one.data.decode(), lib)


def is_list(one: Rendered) -> bool:
    """Whether an output is a hash-locked list of Python distributions."""
    artifact = one.planned.artifact
    return isinstance(artifact.content, Given) and artifact.path.endswith(".txt")
