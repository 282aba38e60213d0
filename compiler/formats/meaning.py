"""What a file means to its reader: the same for two files that differ in comments and descriptions alone."""

from __future__ import annotations

from compiler.artifact import Content
from compiler.formats.columns import Columns
from compiler.formats.env import Env
from compiler.formats.json import Json, canonical
from compiler.formats.nginx_text import statements
from compiler.formats.script import Script
from compiler.formats.ssh import AuthorizedKeys, KnownHosts
from compiler.formats.template import Template
from compiler.formats.unit import Unit

_FOR_PEOPLE = ("Description=", "Documentation=")


def meaning(content: Content, data: bytes) -> bytes:
    """The part of a file's bytes that its reader acts upon."""
    match content:
        case Unit():
            return _lines(data, *_FOR_PEOPLE)
        case Env() | Columns() | Script() | AuthorizedKeys() | KnownHosts():
            return _lines(data)
        case Json():
            return canonical(content.value)
        case Template(format="nginx"):
            return repr([tuple(one) for one in statements(data.decode())]).encode()
        case _:
            return data


def _lines(data: bytes, *besides: str) -> bytes:
    """Without comments, blank lines and lines that begin with one of `besides`."""
    lines = data.decode().split("\n")
    return "\n".join(one for one in lines if one and not one.startswith(("#", *besides))).encode()
