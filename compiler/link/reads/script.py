"""What a script of one command uses: the files among its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from compiler.formats.script import Beside, Script
from compiler.link.thing import Link, Needs, Thing


def links(content: Script, path: str) -> Iterator[Link]:
    """The paths of the script at `path`; its command stands on its last line."""
    last = content.render().count(b"\n")
    for word in content.words:
        if isinstance(word, Beside):
            beside = str(PurePosixPath(path).parent / word.name)
            yield Needs(Thing("path", beside), last, "exec")
        elif word.startswith("/"):
            yield Needs(Thing("path", word), last, "exec")
