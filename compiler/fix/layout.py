"""Where each key and value of a spec begins and ends in its text: what an edit needs and a finding does not.

The data is known already (`compiler.source`); here the same events are read for their offsets, quotes, flow
brackets, anchors and aliases. Offsets are in characters of the whole text.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from compiler.diagnostics import Span
from compiler.spec.path import SpecPath

if TYPE_CHECKING:
    import yaml

Kind = Literal["scalar", "alias", "flow", "block"]


class Mark(Protocol):
    """A place as either of the parser's two implementations gives it, from 0."""

    line: int
    column: int


@dataclass(slots=True)
class Node:
    """A key or value: `origin` is where it starts, `start` the same behind its anchor, if it has one.

    `quote` is `"`, `'` or empty; `key` is the key of a mapping whose value has not been seen.
    """

    kind: Kind
    origin: int
    start: int
    end: int
    text: str = ""
    quote: str = ""
    anchor: str | None = None
    mapping: bool = False
    entries: list[Entry] = field(default_factory=list)
    holder: Entry | None = None
    key: Node | None = None

    @property
    def finish(self) -> int:
        """The end of the last thing that is written in it: comments and blank lines below are not."""
        return self.entries[-1].finish if self.kind == "block" and self.entries else self.end


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list, whose key is none."""

    path: SpecPath
    key: Node | None
    value: Node
    parent: Node

    @property
    def begin(self) -> int:
        return self.key.origin if self.key else self.value.origin

    @property
    def finish(self) -> int:
        return max(self.value.finish, self.key.end if self.key else 0)


class Layout:
    """The entries of a text by path, and the lines of its offsets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.referred: set[str] = set()
        self.entries: dict[SpecPath, list[Entry]] = {}
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._stack: list[Node] = []
        for event in _events(text):
            self._take(event)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        line = min(bisect_right(self._starts, offset), len(self._starts) - 1)
        return line, offset - self._starts[line - 1] + 1

    def line_start(self, offset: int) -> int:
        """Where the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Where the line of an offset ends: before its line feed, or at the end of the text."""
        end = self.text.find("\n", offset)
        return len(self.text) if end < 0 else end

    def find(self, path: SpecPath, span: Span | None) -> Entry | None:
        """The entry at `path`; of two with that path, the one at `span`.

        Where a key on the way is misspelt, it is the one whose value is at `span`. That may also be the span
        of an ancestor (`Document.locate`), but then no value as deep as `path` starts there.
        """
        known = self.entries.get(path, [])
        if span is None or len(known) == 1:
            return known[0] if known else None
        if known:
            return next((one for one in known if self._is_at(span, one.begin, one.value.origin)), known[0])
        every = (one for found in self.entries.values() for one in found if len(one.path) == len(path))
        return next((one for one in every if self._is_at(span, one.value.origin)), None)

    def through_alias(self, path: SpecPath) -> bool:
        """Does the way to `path` lead through an alias?"""
        ways = (self.entries.get(path[:end], []) for end in range(1, len(path)))
        return any(one.value.kind == "alias" for way in ways for one in way)

    def shared(self, entry: Entry, *, on_key: bool) -> bool:
        """Does an alias elsewhere stand for a value in which the entry's value, or its key, is written?"""
        nodes = [] if on_key else [entry.value]
        parent: Node | None = entry.parent
        while parent is not None:
            nodes.append(parent)
            parent = parent.holder.parent if parent.holder else None
        return any(node.anchor in self.referred for node in nodes if node.anchor)

    def _is_at(self, span: Span, *offsets: int) -> bool:
        return (span.line, span.column) in map(self.place, offsets)

    def _take(self, event: yaml.Event) -> None:
        kind = type(event).__name__
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            node = self._node(event, "flow" if getattr(event, "flow_style", False) else "block")
            node.mapping = kind == "MappingStartEvent"
            self._put(node)
            self._stack.append(node)
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._stack.pop().end = self._offset(event.end_mark)
        elif kind == "ScalarEvent":
            self._put(self._node(event, "scalar"))
        elif kind == "AliasEvent":
            self.referred.add(getattr(event, "anchor", ""))
            self._put(self._node(event, "alias"))

    def _node(self, event: yaml.Event, kind: Kind) -> Node:
        origin, end = self._offset(event.start_mark), self._offset(event.end_mark)
        anchor = getattr(event, "anchor", None) if kind != "alias" else None
        start = origin + len(anchor) + 1 if anchor else origin
        if kind != "block":
            rest = self.text[start:end]
            start += len(rest) - len(rest.lstrip())
            end = start + len(rest.strip())
        style = getattr(event, "style", None)
        quote = style if style in ("'", '"') else ""
        return Node(kind, origin, start, end, getattr(event, "value", ""), quote, anchor)

    def _put(self, node: Node) -> None:
        if not self._stack:
            return
        parent = self._stack[-1]
        if parent.mapping and parent.key is None:
            parent.key = node
            return
        name = parent.key.text if parent.key else len(parent.entries)
        above = parent.holder.path if parent.holder else ()
        node.holder = Entry((*above, name), parent.key, node, parent)
        parent.entries.append(node.holder)
        parent.key = None
        self.entries.setdefault(node.holder.path, []).append(node.holder)

    def _offset(self, mark: Mark | None) -> int:
        if mark is None:
            return 0
        return min(self._starts[min(mark.line, len(self._starts) - 1)] + mark.column, len(self.text))


def layout(text: str) -> Layout | None:
    """The layout of a text; none if it is not YAML."""
    import yaml  # noqa: PLC0415 - paid only where there is an edit

    try:
        return Layout(text)
    except (yaml.YAMLError, UnicodeError):
        return None


def _events(text: str) -> Iterator[yaml.Event]:
    import yaml  # noqa: PLC0415 - as above

    return yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
