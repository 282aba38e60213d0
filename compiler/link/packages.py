"""What the distribution's packages bring: a table of facts about Debian and Ubuntu, compared with real ones.

Only what outputs need stands in it. Tests compare the base, Python, nginx and openssl with each release.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from compiler.link.thing import Kind, Thing

_TABLE = Path(__file__).with_suffix(".json")
_KINDS: Mapping[str, Kind] = {
    "paths": "path",
    "users": "user",
    "groups": "group",
    "units": "unit",
    "commands": "command",
    "ports": "port",
}
ALWAYS = ("", "python3")
"""What every host has: the base system, and the Python that its spec names."""


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """By package, what it brings and which of our files its programs read."""
    found: Mapping[str, Mapping[str, Any]] = json.loads(_TABLE.read_text("utf-8"))
    return found


def brought(package: str) -> tuple[Thing, ...]:
    """What a package provides, itself first."""
    entry = table().get(package, {})
    things = [Thing(kind, name) for key, kind in _KINDS.items() for name in entry.get(key, ())]
    return (Thing("package", package), *things)


def readers(installed: Callable[[Thing], bool]) -> dict[str, list[str]]:
    """By unit of an installed package, the patterns of the files that it reads when it starts or reloads."""
    return {unit: globs for entry in _of(installed) for unit, globs in entry.get("reads", {}).items()}


def run(installed: Callable[[Thing], bool]) -> list[str]:
    """The patterns of files that programs of installed packages run or read by themselves."""
    return [glob for entry in _of(installed) for glob in entry.get("runs", ())]


def _of(installed: Callable[[Thing], bool]) -> Iterator[Mapping[str, Any]]:
    return (entry for name, entry in table().items() if installed(Thing("package", name)))
