"""Events to data and spans, with bounds; a stack instead of recursion, so that depth cannot crash it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from compiler.diagnostics import Diagnostic, Span
from compiler.source import codes
from compiler.source.document import Data
from compiler.source.scalars import BadScalar, resolve
from compiler.spec.path import SpecPath

if TYPE_CHECKING:
    import yaml

DEPTH_LIMIT = 64
NODE_LIMIT = 200_000


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
    """A mapping or sequence whose end has not been seen."""

    parsed: Parsed
    anchor: str | None
    mapping: bool
    key: tuple[str, Span] | None = None
    seen: dict[str, Span] = field(default_factory=dict)


class Composer:
    """Takes events one by one; `root` and `findings` are there when they have ended."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        self.root: Parsed | None = None
        self.findings: list[Diagnostic] = []
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

    def document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Refused(codes.several_documents(_at(event)))

    def scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._width(event)
        if event.tag is not None and event.tag != "!":
            raise Refused(codes.tag(event.tag, span))
        if event.implicit[0] and event.style in (None, ""):
            self._plain(event, span)
        else:
            self._place(Parsed(event.value, span), event.anchor)

    def _plain(self, event: yaml.ScalarEvent, span: Span) -> None:
        if self._wants_key():
            value: Data = event.value
        else:
            try:
                value = resolve(event.value)
            except BadScalar as error:
                self.findings.append(codes.bad_scalar(str(error), span))
                value = event.value
        self._place(Parsed(value, span), event.anchor)

    def start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        where = _at(event)
        if self._wants_key():
            raise Refused(codes.key_not_text(where))
        if event.tag is not None:
            raise Refused(codes.tag(event.tag, where))
        if len(self._stack) >= DEPTH_LIMIT:
            raise Refused(codes.too_deep(DEPTH_LIMIT, where))
        mapping = type(event).__name__ == "MappingStartEvent"
        self._stack.append(_Open(Parsed({} if mapping else (), where, height=1), event.anchor, mapping))

    def end(self, _: yaml.Event) -> None:
        done = self._stack.pop()
        if not done.mapping:
            done.parsed.value = tuple(part.value for _, _, part in done.parsed.parts)
        else:
            done.parsed.value = {cast(str, key): part.value for key, _, part in done.parsed.parts}
        self._place(done.parsed, done.anchor)

    def alias(self, event: yaml.AliasEvent) -> None:
        known = self._anchors.get(str(event.anchor))
        if known is None:
            raise Refused(codes.unknown_alias(str(event.anchor), _at(event)))
        if self._wants_key():
            raise Refused(codes.key_not_text(_at(event)))
        span = self._width(event)
        if len(self._stack) + known.height > DEPTH_LIMIT:
            raise Refused(codes.too_deep(DEPTH_LIMIT, span))
        self._place(Parsed(known.value, span, known.parts, known.size, known.height), None)

    def _wants_key(self) -> bool:
        return bool(self._stack) and self._stack[-1].mapping and self._stack[-1].key is None

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
            top.parsed.parts.append((*top.key, parsed))
            top.key = None

    def _key(self, top: _Open, parsed: Parsed) -> None:
        key = str(parsed.value)
        if key == "<<":
            raise Refused(codes.merge_key(parsed.span))
        if key in top.seen:
            self.findings.append(codes.duplicate_key(key, parsed.span, top.seen[key]))
        top.seen.setdefault(key, parsed.span)
        top.key = (key, parsed.span)

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
        stop = end.column if end is not None and end.line == span.line - 1 else len(line)
        return Span(span.line, span.column, max(1, stop - span.column + 1))


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
