"""Waivers: a rule that is broken on purpose, with the reason, at the very place.

`waive: {CODE: reason}` in a mapping covers what the rule finds in its fields, and
`waive: {CODE: {field: reason}}` one of them; in a table without fields, such as `arguments`, the name of an
entry. A waiver that covers nothing would be trusted for nothing, so it
is an error.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic, Edit
from compiler.rule import Finding, Rule
from compiler.rules.because import nearest
from compiler.spec.node import Node, children, part
from compiler.spec.path import SpecPath

Found = tuple[Rule, Finding]

MOST = 200
"""More findings of one rule than a person would read are counted, and not kept."""
_CODE = re.compile(r"\bDN[0-9]{3}\b")


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


class Waivers:
    """All waivers of a spec, and what rules find that none of them covers, in `kept`.

    However much a rule finds, every finding is held against the waivers, and few of them are kept.
    """

    def __init__(self, runtime: Node, rules: Iterable[Rule]) -> None:
        self.kept: list[Found] = []
        self._runtime = runtime
        self._rules = {rule.code: rule for rule in rules}
        self._all = list(_all(runtime, ()))
        self._useful = {
            one for one in self._all if one.code in self._rules and self._rules[one.code].waivable
        }
        self._needed: set[Waiver] = set()

    def take(self, rule: Rule, found: Iterable[Finding]) -> None:
        """Keep what no waiver covers."""
        kept = 0
        for finding in found:
            covering = [
                one for one in _covering(self._runtime, rule.code, finding.path) if one in self._useful
            ]
            self._needed.update(covering or self._named(finding))
            kept += not covering
            if not covering and kept <= MOST:
                self.kept.append((rule, finding))
            elif kept > MOST and not self._useful:
                return

    def _named(self, finding: Finding) -> Iterator[Waiver]:
        """Waivers at the place of a finding that its help speaks of: once it is mended, they are needed."""
        for code in set(_CODE.findall(finding.help)):
            covering = _covering(self._runtime, code, finding.path)
            yield from (one for one in covering if one in self._useful)

    def problems(
        self, partial: AbstractSet[str], unsure: AbstractSet[SpecPath] = frozenset()
    ) -> Iterator[Diagnostic]:
        """What is wrong with waivers, once every rule has been checked.

        The rules in `partial` have met mistakes and may have been silent, and in mappings with something
        wrong at `unsure` nobody knows what will be there: no waiver of either is called unused.
        """
        for one in self._all:
            if one not in self._useful:
                yield _useless(one, self._rules)
        doubtful = {path[:end] for path in unsure for end in range(1, len(path) + 1)}
        left = [one for one in self._all if one in self._useful - self._needed and one.code not in partial]
        yield from self._unused([one for one in left if one.holder not in doubtful])

    def _unused(self, left: Sequence[Waiver]) -> Iterator[Diagnostic]:
        if not left:
            return
        waivers: dict[SpecPath, list[Waiver]] = defaultdict(list)
        for one in self._all:
            waivers[one.holder].append(one)
        found: dict[SpecPath, list[tuple[str, SpecPath]]] = defaultdict(list)
        for rule, finding in self.kept:
            found[nearest(self._runtime, finding.path)[1]].append((rule.code, finding.path))
        for one in left:
            yield _unused(one, waivers[one.holder], found[one.holder])


def _covering(runtime: Node, code: str, path: SpecPath) -> Iterator[Waiver]:
    value, place = nearest(runtime, path)
    yield Waiver(place, code)
    below: object = value
    for depth, name in enumerate(path[len(place) :], start=len(place) + 1):
        below = part(below, name)
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


def _entry(waiver: Waiver, here: Sequence[Waiver]) -> SpecPath:
    """The waiver's own entry, or the mapping that would be empty without it."""
    beside = [one.code for one in here if one != waiver]
    if not beside:
        return (*waiver.holder, "waive")
    return waiver.path if waiver.code in beside else (*waiver.holder, "waive", waiver.code)


def _unused(waiver: Waiver, here: Sequence[Waiver], found: Sequence[tuple[str, SpecPath]]) -> Diagnostic:
    """A waiver that is left over; beside a finding it may be one that is only in the wrong place."""
    of_code = [path for code, path in found if code == waiver.code]
    meant = of_code and of_code[0] != waiver.holder
    return Diagnostic(
        "DN091",
        f"{waiver.code} finds nothing here that needs this waiver",
        path=waiver.path,
        on_key=True,
        reason="a waiver that is left over would hide the next mistake at this place",
        help=f"name what it is about: `{of_code[0][-1]}`" if meant else "take the waiver out",
        edits=() if found else (Edit(_entry(waiver, here), None, on_key=True),),
    )
