"""The paths in a launch argument: alone, in a list, after a name, or inside JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator


def paths_in(value: object) -> Iterator[str]:
    """Every absolute path in the value of an argument, in order."""
    yield from (one for one in words_in(value) if one.startswith("/"))


def words_in(value: object) -> Iterator[str]:
    """The words of an argument's value: `a=/x b` has two, and JSON has its texts."""
    if not isinstance(value, str):
        return
    text = value.strip()
    if text[:1] in ("{", "["):
        try:
            yield from _texts(json.loads(text))
        except (ValueError, RecursionError):
            yield from re.findall(r"[^\s,:=\"'{}\[\]]+", text)
        return
    for word in re.split(r"[,\s]+", text):
        yield word.rpartition("=")[2]


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for one in data.values():
            yield from _texts(one)
    elif isinstance(data, list):
        for one in data:
            yield from _texts(one)
