"""The edits of findings as changes of one text: for `dncompile fix`, and for programs that read findings."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from compiler.diagnostics import Diagnostic
from compiler.fix.layout import Layout, layout
from compiler.fix.removal import Refused, Replacement
from compiler.fix.replacement import Change, change


@dataclass(frozen=True, slots=True)
class Group:
    """A finding and the changes of its edits: they are made together or not at all."""

    finding: Diagnostic
    changes: tuple[Change, ...]

    @property
    def replacements(self) -> tuple[Replacement, ...]:
        return tuple(dict.fromkeys(one for change in self.changes for one in change.replacements))


class Places:
    """A text, whose layout is read when the first edit is looked up."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def layout(self) -> Layout | None:
        """None where the text is not YAML."""
        return layout(self.text)

    def group(self, found: Diagnostic) -> Group:
        """The changes of a finding's edits.

        Raises:
            Refused: one of them cannot be made without losing something.
        """
        if self.layout is None:
            raise Refused("the spec is not YAML")
        return Group(found, tuple(change(self.layout, one) for one in found.edits))

    def certain(self, found: Diagnostic) -> tuple[Change, ...]:
        """The changes of a finding's edits, or nothing where they cannot all be made."""
        try:
            return self.group(found).changes if found.edits else ()
        except Refused:
            return ()

    def span(self, one: Replacement) -> tuple[int, int, int, int]:
        """Line and column, from 1, of the start of a change and of its end."""
        if self.layout is None:
            return 1, 1, 1, 1
        return (*self.layout.place(one.start), *self.layout.place(one.end))


def disjoint(groups: Iterable[Group]) -> list[Group]:
    """Those that change nothing that a group before them changes, unless it is the very same change."""
    taken: list[Group] = []
    stretches = _Stretches()
    for group in groups:
        new = [one for one in group.replacements if one not in stretches.known]
        if all(stretches.free(one) for one in new):
            taken.append(group)
            for one in new:
                stretches.add(one)
    return taken


class _Stretches:
    """Changes that do not overlap, in the order of the text."""

    def __init__(self) -> None:
        self.known: set[Replacement] = set()
        self._bounds: list[tuple[int, int]] = []

    def free(self, one: Replacement) -> bool:
        """No known change touches the same characters, or starts at the same place."""
        at = bisect_left(self._bounds, (one.start, -1))
        before, after = self._bounds[at - 1 : at], self._bounds[at : at + 1]
        starts = {start for start, _ in after}
        return not (
            any(end > one.start for _, end in before)
            or one.start in starts
            or any(start < one.end for start in starts)
        )

    def add(self, one: Replacement) -> None:
        """One more, which is free."""
        self.known.add(one)
        insort(self._bounds, (one.start, one.end))
