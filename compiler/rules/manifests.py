"""What a model's manifest must be for the program on the hosts that reads it, checked before it gets there.

The program's own loader is strict and runs on a worker that has just lost its model; a test holds both to
the same judgement.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

_FIELDS = {"path": str, "size": int, "sha256": str}
_UNFINISHED = ".partial"  # the ending of a download under way
_MOST_SHOWN = 60


class NoManifest(Exception):
    """The text is no list of files at all; the message says why."""


def read(data: bytes) -> list[Any]:
    """The entries of a manifest, whatever they are.

    Raises:
        NoManifest: it is not the JSON object that holds such a list.
    """
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise NoManifest(f"is not JSON: {error}") from None
    if not isinstance(value, dict) or set(value) != {"version", "files"}:
        raise NoManifest("is not an object with `version` and `files` alone")
    if type(value["version"]) is not int or value["version"] != 1:
        raise NoManifest("has another `version` than 1")
    if not isinstance(value["files"], list) or not value["files"]:
        raise NoManifest("lists no files")
    return value["files"]


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key[:_MOST_SHOWN]!r} is given twice")
        found[key] = value
    return found


def problems(files: list[Any]) -> Iterator[str]:
    """What is wrong with the entries, in words."""
    paths: set[str] = set()
    for index, entry in enumerate(files):
        wrong = _wrong_entry(entry)
        if wrong:
            yield f"files[{index}] {wrong}"
            continue
        if entry["path"] in paths:
            yield f"files[{index}] is {entry['path'][:_MOST_SHOWN]!r} once more"
        paths.add(entry["path"])
    for path in sorted(paths):
        if any(str(parent) in paths for parent in PurePosixPath(path).parents):
            yield f"{path[:_MOST_SHOWN]!r} is below another file"


def _wrong_entry(entry: Any) -> str:
    if not isinstance(entry, dict) or set(entry) != set(_FIELDS):
        return "is not an object with `path`, `size` and `sha256` alone"
    for name, kind in _FIELDS.items():
        if type(entry[name]) is not kind:
            return f"has a `{name}` that is not {'a whole number' if kind is int else 'a text'}"
    return _wrong_values(entry["path"], entry["size"], entry["sha256"])


def _wrong_values(path: str, size: int, sha256: str) -> str:
    parts = path.split("/")
    if any(part.startswith(".") or not part for part in parts) or not path.isprintable():
        return f"has the path {path[:_MOST_SHOWN]!r}: it must be relative, without `..` and hidden parts"
    if path.endswith(_UNFINISHED):
        return f"is {path[:_MOST_SHOWN]!r}, an unfinished download"
    if size < 0:
        return f"has a size of {size}"
    return "" if re.fullmatch("[0-9a-f]{64}", sha256) else "has no sha256 of 64 lower-case digits"


def total(files: list[Any]) -> int:
    """Bytes of all files; of entries that are in order."""
    return sum(entry["size"] for entry in files)
