"""`dncompile fix`: the certain edits of findings, made in the text of the spec and touching nothing else.

Edits are tried in memory and compiled again, round after round; what does not mend its finding, or would
change more of the spec than it says, is dropped. Comments, layout and line endings outside the edits stay
byte for byte. Reading is what a build does: a value that cannot be read keeps no other from being mended.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from compiler.diagnostics import Diagnostic
from compiler.fix.meant import meant
from compiler.fix.places import Group, Places, disjoint
from compiler.fix.removal import Absent, Refused
from compiler.fix.replacement import Change, apply
from compiler.source import Document, read_text
from compiler.spec.path import SpecPath

ROUNDS = 10
# Compilations in search of edits that do harm: there are few of these, or something else is wrong.
_TRIALS = 60
# A document and what reading found wrong with single values of it, to all findings.
Compile = Callable[[Document, Sequence[Diagnostic]], Sequence[Diagnostic]]
# The stages that read and validate: a new finding of theirs where an edit was made is harm, and not progress.
_VALIDATION = range(1, 30)


@dataclass(frozen=True, slots=True)
class State:
    """The spec as a document, what is found in it, and what of that was found when it was read."""

    document: Document
    findings: tuple[Diagnostic, ...]
    unread: tuple[Diagnostic, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.document.lines)

    def counted(self) -> Counter[tuple[str, SpecPath]]:
        """How many findings each code has at each path."""
        return Counter((one.code, one.path) for one in self.findings)


@dataclass(frozen=True, slots=True)
class Mended:
    """The spec before and after; what was mended, in order, and what was not, with the reason."""

    before: State
    after: State
    done: tuple[Diagnostic, ...] = ()
    dropped: tuple[tuple[Diagnostic, str], ...] = ()

    @property
    def changed(self) -> bool:
        return self.after.text != self.before.text

    @property
    def waiting(self) -> tuple[Diagnostic, ...]:
        """Findings whose edits the next run would make."""
        dropped = {_identity(one) for one, _ in self.dropped}
        return tuple(one for one in self.after.findings if one.edits and _identity(one) not in dropped)


def mend(document: Document, compile_: Compile, unread: Sequence[Diagnostic] = ()) -> Mended:
    """Make the edits of the findings that `compile_` gives, and those of the findings that come then.

    At most `ROUNDS` times; of edits that overlap, the first is made, and the others wait for a round.
    `unread` is what reading found wrong with single values of the document.
    """
    return _Mending(compile_).run(document, unread)


@dataclass(slots=True)
class _Mending:
    compile_: Compile
    trials: int = 0
    seen: set[str] = field(default_factory=set)
    dropped: list[tuple[Diagnostic, str]] = field(default_factory=list)

    def run(self, document: Document, unread: Sequence[Diagnostic]) -> Mended:
        start = self._state(document, unread)
        mended = Mended(start, start)
        for _ in range(ROUNDS):
            groups = self._groups(mended)
            mended = replace(mended, dropped=tuple(self.dropped))
            if not groups:
                break
            self.seen.add(mended.after.text)
            state, made = self._best(mended.after, groups)
            done = (*mended.done, *(one.finding for one in made))
            mended = Mended(start, state, done, tuple(self.dropped))
        return mended

    def _state(self, document: Document, unread: Sequence[Diagnostic]) -> State:
        return State(document, tuple(self.compile_(document, unread)), tuple(unread))

    def _groups(self, mended: Mended) -> list[Group]:
        """The changes of this round; a place that is not there yet may be there in the next."""
        places, groups, absent = Places(mended.after.text), [], []
        for found in mended.waiting:
            try:
                groups.append(places.group(found))
            except Absent as refusal:
                absent.append((found, str(refusal)))
            except Refused as refusal:
                self.dropped.append((found, str(refusal)))
        self.dropped += [] if groups else absent
        return disjoint(groups)

    def _best(self, state: State, groups: list[Group]) -> tuple[State, list[Group]]:
        """As many of the groups as make the spec better together."""
        sound = self._sound(state, groups)
        for some in (sound, sound[:1]) if sound else ():
            after = self._attempt(state, some)
            if isinstance(after, State):
                return after, some
        return state, []

    def _sound(self, state: State, groups: list[Group]) -> list[Group]:
        """Without those that do harm, which are found by halves and dropped; what is not tried waits."""
        if self.trials >= _TRIALS:
            return []
        after = self._attempt(state, groups)
        if isinstance(after, State):
            return groups
        if len(groups) == 1:
            self.dropped.append((groups[0].finding, after))
            return []
        half = len(groups) // 2
        return [*self._sound(state, groups[:half]), *self._sound(state, groups[half:])]

    def _attempt(self, state: State, groups: list[Group]) -> State | str:
        """The spec after the groups' changes, or why it would be worse."""
        replacements = {one for group in groups for one in group.replacements}
        text = apply(state.text, replacements)
        if text in self.seen:
            return "its edit would bring back what another edit changed"
        try:
            wanted = meant(state.document.data, [one for group in groups for one in group.changes])
        except Refused as refusal:
            return str(refusal)
        document, unread = read_text(text, state.document.name, partial=True)
        if document is None or _codes(unread) - _codes(state.unread):
            return "the text could not be read after its edit"
        if document.data != wanted:
            return "its edit would change more than it says"
        self.trials += 1
        after = self._state(document, unread)
        return _worse(state, after, groups) or after


def _codes(findings: Sequence[Diagnostic]) -> Counter[str]:
    return Counter(one.code for one in findings)


def _worse(before: State, after: State, groups: list[Group]) -> str:
    old, new = before.counted(), after.counted()
    meant_gone = Counter((one.finding.code, one.finding.path) for one in groups)
    if any(new[one] > old[one] - count for one, count in meant_gone.items()):
        return "the finding would still be there after its edit"
    places = {place for group in groups for one in group.changes for place in _touched(one)}
    harm = [one for one in new if new[one] > old[one] and one[1] in places and int(one[0][2:]) in _VALIDATION]
    return "the spec would be wrong there in another way" if harm else ""


def _touched(change: Change) -> set[SpecPath]:
    """Where a wrong edit would be found out by validation; a key's right name may bring more to light."""
    if change.edit.text is None:
        return {change.path[:-1]}
    return set() if change.edit.on_key else {change.path, change.edit.path}


def _identity(found: Diagnostic) -> tuple[object, ...]:
    return found.code, found.path, tuple((one.path, one.text, one.on_key) for one in found.edits)
