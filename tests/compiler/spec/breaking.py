"""Every way to break a leaf of a spec: another kind of value, nothing, no key, another key or variant."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.diagnostics import Diagnostic
from compiler.pipeline import compile_document
from compiler.source import Document
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import walk
from targets import TARGETS
from tests.compiler.material import document, plain

SPEC_CODES = range(20, 40)
VALUES: dict[str, Any] = {"list": [[]], "mapping": {"zz": 1}, "null": None, "text": "?? !", "number": -7}


@dataclass(frozen=True)
class Break:
    """One leaf, one way to break it."""

    path: SpecPath
    kind: str

    def __str__(self) -> str:
        return f"{self.kind} {dotted(self.path)}"

    @property
    def place(self) -> SpecPath:
        """What the findings must be about: the leaf, or the mapping whose key is gone or another."""
        return self.path if self.kind in (*VALUES, "variant") else self.path[:-1]

    def of(self, data: Any) -> Document:
        """The spec with the break in it."""
        broken = copy.deepcopy(data)
        holder = broken
        for name in self.path[:-1]:
            holder = holder[name]
        _HOW[self.kind](holder, self.path[-1])
        return document(json.dumps(broken, indent=1, ensure_ascii=False))


def _put(value: Any) -> Callable[[Any, Any], None]:
    def put(holder: Any, name: Any) -> None:
        holder[name] = value

    return put


def _drop(holder: Any, name: Any) -> None:
    del holder[name]


def _call(name_of: Callable[[str], str]) -> Callable[[Any, Any], None]:
    def call(holder: Any, name: Any) -> None:
        holder[name_of(name)] = holder.pop(name)

    return call


_HOW: dict[str, Callable[[Any, Any], None]] = {
    **{kind: _put(value) for kind, value in VALUES.items()},
    "missing": _drop,
    "misspelt": _call(lambda name: f"{name}x"),
    "other key": _call(lambda _: "zqj"),
    "variant": _put("zzz"),
}


def every(data: Any) -> Iterator[Break]:
    """Every break of every leaf."""
    for path, _, _ in walk(Runtime, document(json.dumps(data)).data):
        kinds = [*VALUES, "missing"]
        if isinstance(path[-1], str):
            kinds += ["misspelt", "other key"]
        if path[-1] in ("role", "status", "kind", "source"):
            kinds += ["variant"]
        yield from (Break(path, kind) for kind in kinds)


def some(breaks: list[Break], count: int) -> list[Break]:
    """So many of them, of every section and kind."""
    return breaks[:: len(breaks) // count | 1]


def findings(made: Document, folder: Path) -> tuple[Diagnostic, ...]:
    return compile_document(made, folder, TARGETS).findings


def of_spec(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [one for one in found if int(one.code[2:]) in SPEC_CODES]


def of_rules(found: tuple[Diagnostic, ...]) -> list[Diagnostic]:
    return [one for one in found if int(one.code[2:]) not in SPEC_CODES]


def near(one: SpecPath, other: SpecPath) -> bool:
    """Whether one place is at, in or above the other."""
    both = min(len(one), len(other))
    return one[:both] == other[:both]


def data_of(spec: Path) -> Any:
    return plain(document(spec.read_text("utf-8")).data)
