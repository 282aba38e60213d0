"""The origin of a line: of the leaves that its output reads, the one whose change moves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from compiler.artifact import Artifact, Place, Target
from compiler.origin.lines import is_word, moved
from compiler.source.document import Data, Document
from compiler.spec import inputs, load
from compiler.spec.neighbour import Constant, neighbour
from compiler.spec.node import listening
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import reach

_LEAST = 2  # characters of a value that tell anything when they stand in a line
_COMMENTARY = frozenset({"why", "assumed", "waive"})


@dataclass(frozen=True)
class Origins:
    """Finds origins in one compilation.

    Attributes:
        document: the spec.
        runtime: what it describes, with the files that it names attached.
        targets: those that made the outputs.
    """

    document: Document
    runtime: Runtime
    targets: Sequence[Target]

    def of(self, target: str, place: Place, path: str, line: int, token: str = "") -> SpecPath | None:
        """The leaf that made a line of an output, or the key in a table that did; none for a constant line.

        Args:
            target: the name of the output's target.
            place: its place.
            path: its path at the place.
            line: the number of the line, from 1; 0 for the output as a whole.
            token: the part of the line that is meant, such as the path that nothing provides.
        """
        (made_by,) = (one for one in self.targets if one.name == target)
        plan = list(made_by.plan(self.runtime, place))
        number = next(at for at, one in enumerate(plan) if one.path == path)
        before = plan[number]
        text = _text(before)
        shown = text.split("\n")[line - 1] if line else text
        for leaf in self._likely(made_by, place, before, token, shown):
            after = self._changed(made_by, place, path, leaf, (number, len(plan)))
            if after is not None and moved(text, after, line, token):
                return leaf
        return self._key(token or shown)

    def _likely(
        self, target: Target, place: Place, artifact: Artifact, token: str, line: str
    ) -> Iterator[SpecPath]:
        """The leaves that the output reads: first those whose value stands in the token, then in the line."""
        ranked = []
        for path in self._reads(target, place, artifact):
            value = reach(self.document.data, path)
            if not isinstance(value, dict | tuple):
                text = "" if value is None or len(str(value)) < _LEAST else str(value)
                rank = 0 if text and text in token else 1 if text and text in line else 2
                ranked.append((rank, -len(text), path))
        yield from (path for _, _, path in sorted(ranked, key=lambda one: (one[0], one[1], str(one[2]))))

    def _reads(self, target: Target, place: Place, artifact: Artifact) -> list[SpecPath]:
        seen: list[SpecPath] = []
        with listening(seen.append):
            again = [one for one in target.plan(self.runtime, place) if one.path == artifact.path]
            again[0].content.render()
        return [
            path
            for path in dict.fromkeys(below for leaf in dict.fromkeys(seen) for below in self._written(leaf))
            if not _COMMENTARY.intersection(path)
        ]

    def _written(self, path: SpecPath) -> Iterator[SpecPath]:
        """The scalars of the file at or below a field that was read."""
        value = reach(self.document.data, path)
        names = value if isinstance(value, dict) else range(len(value)) if isinstance(value, tuple) else None
        if names is None:
            if path in self.document.values:
                yield path
            return
        if all(not isinstance(reach(value, (name,)), dict) for name in names):
            for name in names:
                yield from self._written((*path, name))

    def _changed(
        self, target: Target, place: Place, path: str, leaf: SpecPath, at: tuple[int, int]
    ) -> str | None:
        """The output's text after a change of one leaf to its neighbour; none if that leads nowhere.

        The output is known by its number in the plan of its target, since its path may change, too; or by
        its path where the change adds or takes away others.
        """
        try:
            value = neighbour(Runtime, self.document.data, leaf)
        except Constant:
            return None
        loaded = load.load(replace(self.document, data=_put(self.document.data, leaf, value)))
        if loaded.runtime is None or loaded.findings:
            return None
        made = {name: b"" for _, name in inputs.named(loaded.runtime)}
        loaded.runtime.attach(made | self._files)
        try:
            plan = list(target.plan(loaded.runtime, place))
            number, many = at
            if len(plan) == many:
                return _text(plan[number])
            return next((_text(one) for one in plan if one.path == path), None)
        except Exception:  # noqa: BLE001 - no rule has seen this spec, and a plan may fail on it in any way
            return None

    @cached_property
    def _files(self) -> dict[str, bytes]:
        return {name: self.runtime.input(name) for _, name in inputs.named(self.runtime)}

    def _key(self, text: str) -> SpecPath | None:
        """The longest key of a table that stands in the text: entries give their names to outputs."""
        keys = [path for path in self.document.keys if _is_entry(self.document.data, path)]
        found = [path for path in keys if len(str(path[-1])) > _LEAST and is_word(str(path[-1]), text)]
        return max(found, key=lambda path: (len(str(path[-1])), str(path)), default=None)


def _is_entry(data: Data, path: SpecPath) -> bool:
    """Whether a path is an entry of a table of the spec, such as a host."""
    return len(path) == 2 and isinstance(reach(data, path), dict)


def _text(artifact: Artifact) -> str:
    return artifact.content.render().decode(errors="replace")


def _put(data: Data, path: SpecPath, value: Data) -> Data:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {**data, str(first): _put(data.get(str(first)), rest, value)}
    parts = data if isinstance(data, tuple) else ()
    return tuple(_put(part, rest, value) if at == first else part for at, part in enumerate(parts))
