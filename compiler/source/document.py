"""A spec as it was written: its data, and where each key and value stands."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

from compiler.diagnostics import Diagnostic, Edit, Related, Span
from compiler.spec.path import SpecPath

Placed = TypeVar("Placed", Diagnostic, Related, Edit)
Data = dict[str, "Data"] | tuple["Data", ...] | str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Document:
    """Plain data and its spans; `name` is the path under which diagnostics speak of the file."""

    name: str
    lines: tuple[str, ...]
    data: Data
    keys: dict[SpecPath, Span] = field(repr=False)
    values: dict[SpecPath, Span] = field(repr=False)

    def locate(self, found: Diagnostic) -> Diagnostic:
        """The same finding with spans: each that of the longest part of its path that is in the file."""
        if found.file is not None:
            return found
        return replace(
            self._placed(found),
            related=tuple(self._placed(one) if one.path else one for one in found.related),
            edits=tuple(self._placed(one) for one in found.edits),
        )

    def _placed(self, found: Placed) -> Placed:
        if found.span is not None:
            return found
        return replace(found, span=self.span(found.path, on_key=found.on_key))

    def span(self, path: SpecPath, *, on_key: bool = False) -> Span:
        """Where `path`, or else its nearest ancestor, is written."""
        whole = path in self.values
        known = path
        while known and known not in self.values:
            known = known[:-1]
        if known in self.keys and (not whole or on_key):
            return self.keys[known]
        return self.values.get(known, Span(1, 1))
