"""Events to data and spans, with bounds; a stack instead of recursion, so that depth cannot crash it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from compiler.diagnostics import Diagnostic, Span
from compiler.source import codes, quotes
from compiler.source.document import Data
from compiler.source.limits import DEPTH_LIMIT, FINDING_LIMIT, KEY_LIMIT, NODE_LIMIT, TEXT_LIMIT
from compiler.source.scalars import BadScalar, resolve
from compiler.source.text import UNSEEN
from compiler.spec.path import SpecPath

if TYPE_CHECKING:
    import yaml

_TAG = re.compile(r"!\S*")


class Refused(Exception):
    """Reading cannot go on; carries the diagnostic that says why."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


@dataclass(slots=True)
class Parsed:
    """A value as written: its data, its span, its named parts with the spans of their keys, and how many
    values and levels of nesting it stands for.
    """

    value: Data
    span: Span
    parts: list[tuple[str | int, Span, Parsed]] = field(default_factory=list)
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Open:
    """A mapping or sequence whose end has not been seen; `again` is set while its key is one that it has."""

    parsed: Parsed
    anchor: str | None
    mapping: bool
    key: tuple[str, Span] | None = None
    again: bool = False
    seen: dict[str, Span] = field(default_factory=dict)


class Composer:
    """Takes events one by one; `root` and `findings` are there when they have ended.

    What does not hide the structure is a finding, and the rest is read as well; `sound` says that the data
    are all that is written, though not all of it is right.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.root: Parsed | None = None
        self.findings: list[Diagnostic] = []
        self.sound = True
        self._stack: list[_Open] = []
        self._anchors: dict[str, Parsed] = {}
        self._documents = 0

    def take(self, event: yaml.Event) -> None:
        """One event of the stream.

        Raises:
            Refused: the bounds are passed or the file's structure is not one that can be gone on with.
        """
        handler = _HANDLERS.get(type(event).__name__)
        if handler is not None:
            handler(self, event)

    def _found(self, found: Diagnostic, *, sound: bool = False) -> None:
        if len(self.findings) >= FINDING_LIMIT:
            raise Refused(found)
        self.findings.append(found)
        self.sound = self.sound and sound

    def document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Refused(codes.several_documents(_at(event), marked=bool(event.explicit)))

    def scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._width(event)
        if event.tag is not None:
            self._tagged(event)
        value: Data = event.value
        swallowed = quotes.swallowed(event, self.lines)
        if swallowed:
            self._found(swallowed)
        elif not self._wants_key():
            if len(event.value) > TEXT_LIMIT:
                self._found(
                    codes.too_large(len(event.value), TEXT_LIMIT, "characters", span, self._path()),
                    sound=True,
                )
            elif event.implicit[0] and event.style in (None, ""):
                value = self._plain(event.value, span)
            self._unseen(event, span)
        self._place(Parsed(value, span), event.anchor)

    def _plain(self, written: str, span: Span) -> Data:
        try:
            return resolve(written)
        except BadScalar as error:
            self._found(codes.bad_scalar(str(error), error.help, span, self._path()), sound=True)
            return written

    def _unseen(self, event: yaml.ScalarEvent, span: Span) -> None:
        """A character that does not show is refused as an escape, too: what is read is the same."""
        found = UNSEEN.search(event.value) if event.style == '"' else None
        if found:
            sign = found[0]
            escape = re.search(
                rf"(?i)\\(?:u|U0000){ord(sign):04x}", self.lines[span.line - 1][span.column - 1 :]
            )
            where = Span(span.line, span.column + escape.start(), len(escape[0])) if escape else span
            self._found(codes.bad_character(where, sign, self._path()), sound=True)

    def start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        where = _at(event)
        if event.tag is not None:
            self._tagged(event)
        if len(self._stack) >= DEPTH_LIMIT:
            raise Refused(codes.too_deep(DEPTH_LIMIT, where))
        mapping = type(event).__name__ == "MappingStartEvent"
        self._stack.append(_Open(Parsed({} if mapping else (), where, height=1), event.anchor, mapping))

    def _tagged(self, event: yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        where = _at(event)
        found = _TAG.search(self.lines[where.line - 1], where.column - 1)
        name = found[0] if found else str(event.tag)
        column = found.start() + 1 if found else where.column
        self._found(codes.tag(name, Span(where.line, column, len(name)), self._path()))

    def end(self, _: yaml.Event) -> None:
        done = self._stack.pop()
        if not done.mapping:
            done.parsed.value = tuple(part.value for _, _, part in done.parsed.parts)
        else:
            done.parsed.value = {cast(str, key): part.value for key, _, part in done.parsed.parts}
        self._place(done.parsed, done.anchor)

    def alias(self, event: yaml.AliasEvent) -> None:
        span = self._width(event)
        known = self._anchors.get(str(event.anchor))
        if self._wants_key():
            self._found(codes.key_not_text("is an alias", span, self._path()))
            known = Parsed(f"*{event.anchor}", span)
        elif known is None:
            self._found(codes.unknown_alias(str(event.anchor), span, self._path()))
            known = Parsed(None, span)
        if len(self._stack) + known.height > DEPTH_LIMIT:
            raise Refused(codes.too_deep(DEPTH_LIMIT, span))
        self._place(Parsed(known.value, span, known.parts, known.size, known.height), None)

    def _wants_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].mapping and self._stack[-1].key is None

    def _path(self) -> SpecPath:
        """Where the next value is put."""
        path: list[str | int] = []
        for open_ in self._stack:
            if not open_.mapping:
                path.append(len(open_.parsed.parts))
            elif open_.key is not None:
                path.append(open_.key[0])
        return tuple(path)

    def _place(self, parsed: Parsed, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = parsed
        if not self._stack:
            self.root = parsed
            return
        top = self._stack[-1]
        top.parsed.size += parsed.size
        top.parsed.height = max(top.parsed.height, parsed.height + 1)
        if top.parsed.size > NODE_LIMIT:
            raise Refused(codes.too_many_nodes(NODE_LIMIT, parsed.span))
        if not top.mapping:
            top.parsed.parts.append((len(top.parsed.parts), parsed.span, parsed))
        elif top.key is None:
            self._key(top, parsed)
        else:
            if not top.again:
                top.parsed.parts.append((*top.key, parsed))
            top.key, top.again = None, False

    def _key(self, top: _Open, parsed: Parsed) -> None:
        where = parsed.span
        key = parsed.value if isinstance(parsed.value, str) else ""
        problem = _odd(parsed.value)
        top.key = (codes.short(key), where)
        if key == "<<":
            self._found(codes.merge_key(where, self._path()))
        elif problem:
            self._found(codes.key_not_text(problem, where, self._path()))
        else:
            top.key = (key, where)
            top.again = key in top.seen
            if top.again:
                self._found(codes.duplicate_key(key, where, top.seen[key], self._path()), sound=True)
            top.seen.setdefault(key, where)

    def spans(self) -> tuple[dict[SpecPath, Span], dict[SpecPath, Span]]:
        """Spans of keys and of values, by path."""
        keys: dict[SpecPath, Span] = {}
        values: dict[SpecPath, Span] = {}
        waiting: list[tuple[SpecPath, Parsed]] = [((), self.root)] if self.root else []
        while waiting:
            path, parsed = waiting.pop()
            values[path] = parsed.span
            for name, key_span, part in parsed.parts:
                keys[(*path, name)] = key_span
                waiting.append(((*path, name), part))
        return keys, values

    def _width(self, event: yaml.Event) -> Span:
        span, end = _at(event), event.end_mark
        line = self.lines[span.line - 1] if span.line <= len(self.lines) else ""
        stop = end.column if end is not None and end.line == span.line - 1 else len(line.rstrip("\r"))
        return Span(span.line, span.column, max(1, stop - span.column + 1))


def _odd(key: Data) -> str:
    """What is wrong with a key, or nothing."""
    if not isinstance(key, str):
        return "is a mapping" if isinstance(key, dict) else "is a list"
    if not key:
        return "is empty"
    if len(key) > KEY_LIMIT:
        return f"has {len(key)} characters, and at most {KEY_LIMIT} are read"
    if "\n" in key:
        return "has more than one line"
    unseen = next((sign for sign in key if not sign.isprintable()), None)
    return f"holds the character U+{ord(unseen):04X}, which does not show" if unseen else ""


def _at(event: yaml.Event) -> Span:
    mark = event.start_mark
    return Span(mark.line + 1, mark.column + 1) if mark is not None else Span(1, 1)


_HANDLERS: dict[str, Callable[..., None]] = {
    "DocumentStartEvent": Composer.document,
    "ScalarEvent": Composer.scalar,
    "MappingStartEvent": Composer.start,
    "SequenceStartEvent": Composer.start,
    "MappingEndEvent": Composer.end,
    "SequenceEndEvent": Composer.end,
    "AliasEvent": Composer.alias,
}
