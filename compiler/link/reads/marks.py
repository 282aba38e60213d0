"""What a typed field says, whatever file it stands in (compiler.formats.marked)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from compiler.formats import marked
from compiler.link.packages import brought
from compiler.link.thing import Kind, Link, Needs, Offers, Thing

Reader = Callable[[Any, str, int], Iterator[Link]]


def links(leaf: object, field: str, line: int) -> Iterator[Link]:
    """What a value says of other outputs; nothing, if it is not marked."""
    reader = _READERS.get(type(leaf))
    if reader is not None:
        yield from reader(leaf, f"`{field}`", line)


def _needed(kind: Kind, *, reads: bool = True) -> Reader:
    def read(leaf: object, word: str, line: int) -> Iterator[Link]:
        yield Needs(Thing(kind, str(leaf)), line, word, reads)

    return read


def _offered(kind: Kind) -> Reader:
    def read(leaf: object, _: str, line: int) -> Iterator[Link]:
        yield Offers(Thing(kind, str(leaf)), line)

    return read


def _parent(leaf: str, word: str, line: int) -> Iterator[Link]:
    yield Needs(Thing("path", str(PurePosixPath(leaf).parent)), line, word, reads=False)


def _writes(leaf: str, word: str, line: int) -> Iterator[Link]:
    yield from _parent(leaf, word, line)
    yield Offers(Thing("path", str(leaf)), line, shared=True)


def _makes(leaf: str, _: str, line: int) -> Iterator[Link]:
    yield Offers(Thing("path", str(leaf)), line, whole=True, shared=True)


def _built(leaf: marked.Built, word: str, line: int) -> Iterator[Link]:
    yield Needs(Thing("path", leaf.source), line, word)
    yield Offers(Thing("path", str(leaf)), line, whole=True, made_of=(leaf.source,))


def _package(leaf: str, _: str, line: int) -> Iterator[Link]:
    yield from (Offers(thing, line, shared=True) for thing in brought(str(leaf)))


def _secret(leaf: str, word: str, line: int) -> Iterator[Link]:
    store, _, place = leaf.partition(":")
    if store == "ssm":
        yield Needs(Thing("parameter", place), line, word, reads=False)


def _login(leaf: marked.Login, word: str, line: int) -> Iterator[Link]:
    yield Needs(Thing("login", f"{leaf}@{leaf.host}"), line, word, reads=False)


def _parameter(leaf: marked.Parameter, _: str, line: int) -> Iterator[Link]:
    yield Offers(Thing("parameter", leaf.name), line, shared=True)


def _base(leaf: marked.Base, word: str, line: int) -> Iterator[Link]:
    yield from (Needs(Thing("url", f"{leaf}{end}"), line, word, reads=False) for end in leaf.appends)


_READERS: Mapping[type, Reader] = {
    marked.Reads: _needed("path"),
    marked.Runs: _needed("path"),
    marked.MayRead: _parent,
    marked.Writes: _writes,
    marked.Makes: _makes,
    marked.Built: _built,
    marked.Mount: _needed("mount", reads=False),
    marked.UnitName: _needed("unit", reads=False),
    marked.UserName: _needed("user", reads=False),
    marked.GroupName: _needed("group", reads=False),
    marked.CommandName: _needed("command", reads=False),
    marked.Credential: _needed("credential", reads=False),
    marked.UsesVariable: _needed("variable", reads=False),
    marked.SetsVariable: _offered("variable"),
    marked.Package: _package,
    marked.Secret: _secret,
    marked.Url: _needed("url", reads=False),
    marked.Base: _base,
    marked.Login: _login,
    marked.Parameter: _parameter,
    marked.Binds: _offered("port"),
    marked.Connects: _needed("service", reads=False),
}
