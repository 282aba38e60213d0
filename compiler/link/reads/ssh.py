"""What sshd's and ssh's lists of keys use and provide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from compiler.formats.ssh import AuthorizedKeys
from compiler.link.thing import Link, Needs, Offers, Thing

_LINE = 2  # below the header


def links(content: AuthorizedKeys, path: str) -> Iterator[Link]:
    """Whom the list at `path` lets in, by the home that it lies in, and the command that it forces."""
    home = PurePosixPath(path).parent.parent
    yield Offers(Thing("keys", str(home)), 1)
    for word in content.command.split():
        if word.startswith("/"):
            yield Needs(Thing("path", word), _LINE, "command=")
