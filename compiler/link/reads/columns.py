"""What sysusers.d(5) and tmpfiles.d(5) provide: accounts with their groups, and directories with owners."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from compiler.link.thing import Link, Needs, Offers, Thing

_NOBODY = "-"
_SHELLS_OF_NONE = ("nologin", "false")


def links(text: str, host: str) -> Iterator[Link]:
    """What each line provides, and whom it names."""
    for number, line in enumerate(text.split("\n"), start=1):
        row = shlex.split(line, comments=True)
        kind = row[0][0] if row else ""
        if kind == "u":
            yield from _account(row, number, host)
        elif kind and kind in "dDvqQ":
            yield Offers(Thing("path", row[1].rstrip("/")), number, shared=True)
            yield from _owners(row, number)
        elif kind and kind in "zZ":
            yield Needs(Thing("path", row[1].rstrip("/")), number, row[0], reads=False)
            yield from _owners(row, number)


def _account(row: list[str], number: int, host: str) -> Iterator[Link]:
    name, home, shell = row[1], row[4], row[5]
    yield Offers(Thing("user", name), number)
    yield Offers(Thing("group", name), number)
    if not shell.endswith(_SHELLS_OF_NONE):
        yield Offers(Thing("login", f"{name}@{host}"), number)
        yield Needs(Thing("keys", home), number, "the home directory")


def _owners(row: list[str], number: int) -> Iterator[Link]:
    for kind, name in zip(("user", "group"), row[3:5], strict=False):
        if name != _NOBODY:
            yield Needs(Thing("user" if kind == "user" else "group", name), number, row[0], reads=False)
