"""The edits of findings as stretches of the spec's text, for programs that make them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic
from compiler.spec.path import SpecPath


@dataclass(frozen=True, slots=True)
class Region:
    """What stands from line and column up to end_line and end_column (from 1) becomes `text`."""

    path: SpecPath
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


Regions = Callable[[Diagnostic], list[Region]]


def regions(findings: Sequence[Diagnostic], lines: Sequence[str]) -> Regions:
    """A function that gives the regions of one finding's edits; none where they cannot all be made."""
    if not any(one.edits for one in findings):
        return lambda _: []
    from compiler.fix.places import Places  # noqa: PLC0415 - paid only where there is an edit

    places = Places("\n".join(lines))

    def of(found: Diagnostic) -> list[Region]:
        return [
            Region(change.path, *places.span(one), one.text)
            for change in places.certain(found)
            for one in change.replacements
        ]

    return of
