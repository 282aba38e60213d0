"""What a shipped program imports, and what can be imported: files beside it, and what a list of packages has.

A module is named by its path without `.py`, below the folder in which all programs of a host lie.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

from compiler.link.thing import Link, Needs, Offers, Thing

_IMPORT = re.compile(r"^ *(?:from ([a-z_]\w*)(\.[\w.]+)? import ([\w, ]+)|import ([a-z_]\w*))", re.MULTILINE)
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", re.MULTILINE)


@cache
def links(path: str, text: str) -> tuple[Link, ...]:
    """What the program at `path` imports, apart from the standard library, and that it can be imported."""
    file = PurePosixPath(path)
    package = file.name == "__init__.py"
    name = str(file.parent if package else file.with_suffix(""))
    return (Offers(Thing("module", name), 1, whole=not package), *_imports(file, text))


def _imports(file: PurePosixPath, text: str) -> Iterator[Link]:
    for found in _IMPORT.finditer(text):
        name, below, names, plain = found.groups()
        first = name or plain
        if first not in sys.stdlib_module_names:
            line = text.count("\n", 0, found.start()) + 1
            folder = file.parent.parent if file.parent.name == first else file.parent
            whole = f"{folder}/{first}{(below or '').replace('.', '/')}"
            inside = [f"{whole}/{one.split()[0]}" for one in (names or "").split(",") if one.strip()]
            yield from (Needs(Thing("module", one), line, "import") for one in (whole, *inside))


def pinned(text: str, folder: str) -> Iterator[Link]:
    """The distributions of a hash-locked list, as modules below the folder of the programs."""
    for found in _PINNED.finditer(text):
        name = found[1].lower().replace("-", "_").replace(".", "_")
        yield Offers(Thing("module", f"{folder}/{name}"), 1, whole=True, shared=True)
