"""SGLang's launch arguments by version: what its parser accepts, as data beside this file.

`make flags VERSION=x.y.z` makes another table from the wheel of that release, and nothing else is needed.
What is wrong with an argument is said by `targets.sglang.flags.judge`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

Type = Literal["str", "int", "float", "switch", "human int", "json", "json list", "custom"]
Scalar = str | int | float | bool | None

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Flag:
    """One launch argument, as the parser of one version knows it."""

    name: str
    """In full, with dashes: `--tensor-parallel-size`."""
    dest: str
    """The engine's own field: two flags with one `dest` set the same thing."""
    type: Type
    """`switch` takes no value; `human int` also takes 128Ki or 25.6k; `custom` is for the engine to read."""
    default: Scalar | tuple[Scalar, ...] = None
    aliases: tuple[str, ...] = ()
    nargs: str | None = None
    """`+`, `*` or `?` where it takes several values or none."""
    choices: tuple[str | int | None, ...] | None = None
    """What it may be; None where it is free, and where `unread` says that the choices are computed."""
    required: bool = False
    negation: str | None = None
    """The flag that turns a switch off, where it has one."""
    deprecated: str | None = None
    """What to do instead, in the engine's words, of a flag that it will remove."""
    instead: str | None = None
    """The flag that takes the place of a deprecated one."""
    outdated: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Choices that the engine renames with a warning, with their new name."""
    unread: tuple[str, ...] = ()
    """Fields of this record that the engine computes at start: nothing is known of them here."""

    @property
    def is_secret(self) -> bool:
        """Does its value open something? Then no message shows it."""
        return self.type == "str" and self.name.endswith(("-key", "-password"))

    @property
    def word(self) -> str:
        """Its name without dashes, as a spec has it."""
        return self.name[2:]


def versions() -> tuple[str, ...]:
    """The versions that have a table, oldest first."""
    return tuple(sorted((path.stem for path in _FOLDER.glob("*.json")), key=_age))


@lru_cache(maxsize=4)
def table(version: str) -> Mapping[str, Flag] | None:
    """Each flag of a version by its full name, or None where that version has no table."""
    if version not in versions():
        return None
    data = json.loads((_FOLDER / f"{version}.json").read_text(encoding="utf-8"))
    return MappingProxyType({row["name"]: _flag(row) for row in data["flags"]})


def lookup(version: str, name: str) -> Flag | None:
    """The flag of exactly that full name, with or without its dashes; an alias is none."""
    return (table(version) or {}).get(dashed(name))


def having(name: str) -> tuple[str, ...]:
    """The versions that have a flag of that full name, oldest first."""
    return tuple(version for version in versions() if lookup(version, name))


def dashed(name: str) -> str:
    """A flag's name as it stands on a command line."""
    return name if name.startswith("--") else f"--{name}"


def spellings(flags: Mapping[str, Flag]) -> Iterator[tuple[str, Flag]]:
    """Every other spelling that the parser takes: aliases, and what turns a switch off."""
    for flag in flags.values():
        yield from ((alias, flag) for alias in flag.aliases)
        if flag.negation:
            yield flag.negation, flag


def _age(version: str) -> tuple[list[int], int, int]:
    """0.5.9 < 0.5.10rc1 < 0.5.10 < 0.5.10.post1."""
    match = re.fullmatch(r"([\d.]+\d)(rc|\.post|)(\d*)", version)
    if match is None:
        raise ValueError(f"{version}.json is not named for a version")
    release, stage, number = match.groups()
    return [int(part) for part in release.split(".")], ["rc", "", ".post"].index(stage), int(number or 0)


def _flag(row: dict[str, Any]) -> Flag:
    frozen = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Flag(**frozen | {"outdated": MappingProxyType(row.get("outdated", {}))})
