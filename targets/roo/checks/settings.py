"""A settings file and what the client's types say of it, for every check here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from compiler.artifact import Client
from compiler.spec.clients import Roo
from compiler.verify.check import Found, Subject
from compiler.verify.json_lines import At, Key, Lines, lines
from compiler.verify.site import Site
from compiler.verify.tools import digest

HERE = Path(__file__).parent
SCHEMA = HERE.parent / "settings.schema.json"
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Settings:
    """One file; `value` is None where it is no JSON, and then `refused` says why the client refuses it."""

    path: str
    value: Any
    lines: Lines
    refused: str = ""

    def found(self, at: Sequence[Key], message: str, advice: str = "") -> Found:
        """A complaint about a part of the file, or what is around a part that is not there."""
        part = reach(self.value, at)
        token = "" if part is None or isinstance(part, bool | dict | list) else str(part)
        return Found(self.path, self.lines.nearest(at), message, token, advice)

    def profiles(self) -> Iterator[tuple[At, dict[str, Any]]]:
        """Every profile that is one, with its path."""
        at: At = ("providerProfiles", "apiConfigs")
        for name, profile in mapping(reach(self.value, at)).items():
            if isinstance(profile, dict):
                yield (*at, name), profile


@cache
def derived() -> Mapping[str, Any]:
    """The schema with what else the client's types say (targets/roo/client/derive.mjs)."""
    made: Mapping[str, Any] = json.loads(SCHEMA.read_text("utf-8"))
    return made


def subjects(site: Site) -> Iterator[Subject]:
    """Every editor's file, with the checks' own text and the schema."""
    files = [*sorted(HERE.glob("*.py")), SCHEMA, *sorted((HERE.parent / "client").glob("*"))]
    made = digest(one.read_bytes() for one in files)
    for name, client in sorted(site.runtime.clients.items()):
        place = Client(name)
        if isinstance(client, Roo) and client.file in site.scopes[place].artifacts:
            yield Subject(place, (client.file,), (made,))


def read(site: Site, subject: Subject) -> Settings:
    """The file, as the client's own `JSON.parse` takes it."""
    (path,) = subject.paths
    text = site.text(subject.place, path)
    if text.startswith(BOM):
        return Settings(path, None, Lines({(): 1}), "it begins with a byte order mark")
    try:
        return Settings(path, json.loads(text, parse_constant=_refuse), lines(text))
    except json.JSONDecodeError as error:
        return Settings(path, None, Lines({(): error.lineno}), f"it is no JSON: {error.msg}")
    except (ValueError, RecursionError) as error:
        return Settings(path, None, Lines({(): 1}), f"it is no JSON: {error}")


def _refuse(word: str) -> None:
    raise ValueError(f"{word} stands where a number must")


def reach(value: object, path: Sequence[Key]) -> Any:
    """A part of a document, or None."""
    for key in path:
        value = _part(value, key)
    return value


def _part(value: object, key: Key) -> Any:
    if isinstance(value, dict):
        return value.get(key)
    return value[key] if isinstance(value, list) and isinstance(key, int) and key < len(value) else None


def mapping(value: object) -> dict[str, Any]:
    """An object, or an empty one in place of anything else."""
    return value if isinstance(value, dict) else {}
