"""What an environment file uses and provides: its variables, and the paths that stand in them."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.formats.env import Env
from compiler.link.reads import marks
from compiler.link.thing import Link, Needs, Offers, Thing

_FIRST_LINE = 2  # below the header
SEARCHED = frozenset({"LD_LIBRARY_PATH", "PATH", "PYTHONPATH"})
"""Variables that hold several paths, with colons between."""


def links(content: Env) -> Iterator[Link]:
    """What each variable says; a value that begins with `/` is a path, or several."""
    for line, (name, value) in enumerate(content.variables, start=_FIRST_LINE):
        yield Offers(Thing("variable", name), line, shared=True)
        yield from marks.links(value, name, line)
        text = str(value)
        paths = text.split(":") if name in SEARCHED else [text]
        for path in paths if text.startswith("/") else ():
            yield Needs(Thing("path", path.rstrip("/")), line, f"{name}=", reads=False)
