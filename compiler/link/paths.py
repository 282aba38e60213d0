"""Paths as texts: the folders above one, and patterns as daemons read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache


def above(path: str) -> Iterator[str]:
    """The folders that a path lies in, from the nearest on, without the root."""
    while (path := path.rpartition("/")[0]) != "":
        yield path


def matches(path: str, glob: str) -> bool:
    """Whether a daemon that reads `glob` reads the file: `*` is a part of one name, and of no hidden one."""
    return _expression(glob).fullmatch(path) is not None


@cache
def _expression(glob: str) -> re.Pattern[str]:
    return re.compile(r"(?!\.)[^/]*".join(re.escape(part) for part in glob.split("*")))
