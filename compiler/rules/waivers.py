"""Waivers: a rule that is broken on purpose, with the reason, at the very place.

`waive: {CODE: reason}` in a mapping covers what the rule finds in its fields, and
`waive: {CODE: {field: reason}}` one of them; in a table without fields, such as `arguments`, the name of an
entry. A waiver that covers nothing would be trusted for nothing, so it
is an error.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic, Edit
from compiler.rule import Finding, Rule
from compiler.rules.because import nearest
from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath

Found = tuple[Rule, Finding]


@dataclass(frozen=True, slots=True)
class Waiver:
    """One waiver: the mapping that holds it, the rule's code, and the one field that it covers, if any.

    An empty field covers nothing: such a waiver is written, and is none.
    """

    holder: SpecPath
    code: str
    field: str | None = None

    @property
    def path(self) -> SpecPath:
        """Where the waiver is written."""
        written = (*self.holder, "waive", self.code)
        return (*written, self.field) if self.field else written


def apply(
    runtime: Node, rules: Sequence[Rule], found: Sequence[Found], partial: AbstractSet[str]
) -> tuple[list[Found], list[Diagnostic]]:
    """The findings that no waiver covers, and what is wrong with waivers.

    The rules in `partial` have met mistakes and may have been silent: no waiver of them is called unused.
    """
    known = {rule.code: rule for rule in rules}
    waivers = list(_all(runtime, ()))
    useful = {one for one in waivers if one.code in known and known[one.code].waivable}
    kept: list[Found] = []
    used: set[Waiver] = set()
    for rule, finding in found:
        covering = [one for one in _covering(runtime, rule.code, finding.path) if one in useful]
        used.update(covering)
        kept += [] if covering else [(rule, finding)]
    about = [_useless(one, known) for one in waivers if one not in useful]
    left = [one for one in waivers if one in useful and one not in used and one.code not in partial]
    about += [_unused(runtime, one, waivers, kept) for one in left]
    return kept, about


def _covering(runtime: Node, code: str, path: SpecPath) -> Iterator[Waiver]:
    value, place = nearest(runtime, path)
    yield Waiver(place, code)
    below: object = value
    for depth, name in enumerate(path[len(place) :], start=len(place) + 1):
        below = dict(children(below)).get(name)
        if depth == len(path) or not isinstance(below, dict):  # a whole table would cover what is added to it
            yield Waiver(place, code, str(name))


def _all(value: object, path: SpecPath) -> Iterator[Waiver]:
    for name, child in children(value):
        if name == "waive" and isinstance(value, Node):
            for code, reason in children(child):
                fields = list(reason) or [""] if isinstance(reason, dict) else [None]
                yield from (Waiver(path, str(code), field) for field in fields)
        else:
            yield from _all(child, (*path, name))


def _useless(waiver: Waiver, known: dict[str, Rule]) -> Diagnostic:
    waivable = [code for code, rule in known.items() if rule.waivable]
    near = difflib.get_close_matches(waiver.code, waivable, n=1, cutoff=0.7)
    problem = "cannot be waived" if waiver.code in known else "is no rule"
    choices = f"rules that can be waived: {', '.join(waivable)}"
    return Diagnostic(
        "DN090",
        f"{waiver.code} {problem}",
        path=waiver.path,
        on_key=True,
        reason="what has no good exception must be mended, and a waiver of nothing would be believed",
        help=f"did you mean {near[0]}? {choices}" if near and waiver.code not in known else choices,
    )


def _entry(waiver: Waiver, waivers: Sequence[Waiver]) -> SpecPath:
    """The waiver's own entry, or the mapping that would be empty without it."""
    beside = [one for one in waivers if one.holder == waiver.holder and one != waiver]
    if not beside:
        return (*waiver.holder, "waive")
    of_code = any(one.code == waiver.code for one in beside)
    return waiver.path if of_code else (*waiver.holder, "waive", waiver.code)


def _unused(runtime: Node, waiver: Waiver, waivers: Sequence[Waiver], kept: Sequence[Found]) -> Diagnostic:
    """A waiver that is left over; beside a finding it may be one that is only in the wrong place."""
    beside = [one.path for _, one in kept if nearest(runtime, one.path)[1] == waiver.holder]
    of_code = [one.path for rule, one in kept if rule.code == waiver.code and one.path in beside]
    meant = of_code and of_code[0] != waiver.holder
    return Diagnostic(
        "DN091",
        f"{waiver.code} finds nothing here that needs this waiver",
        path=waiver.path,
        on_key=True,
        reason="a waiver that is left over would hide the next mistake at this place",
        help=f"name what it is about: `{of_code[0][-1]}`" if meant else "take the waiver out",
        edits=() if beside else (Edit(_entry(waiver, waivers), None, on_key=True),),
    )
