"""Bytes to text: what is wrong with a file before it is YAML, and a look at it that has an end.

Encodings, line ends that not every reader knows, characters that do not show, directives. Each of these would
make YAML's own message, or its line number, a riddle.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from compiler.diagnostics import Diagnostic, Span
from compiler.source import codes
from compiler.source.limits import BYTE_LIMIT, PLACES_LIMIT

# Not for a YAML file (1.2.2, section 5.1). U+0085 is, but YAML 1.1 ends a line there, and at the two below.
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
_BREAKS = r"\r(?!\n)|[\u2028\u2029]"
# No width (zero-width space, word joiner, a byte order mark inside), or turns the direction of the line
# (Unicode's "Trojan Source"): the file is read otherwise than it looks.
_UNSEEN = r"[\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]"
_DOUBTFUL = re.compile(f"{_CONTROL}|{_BREAKS}|{_UNSEEN}")
UNSEEN = re.compile(_UNSEEN)
_DIRECTIVE = re.compile(r"^%(?!YAML 1\.2[ \t]*(?:#.*)?\r?$).*", re.MULTILINE)
# What git writes: the two sides, and with merge.conflictStyle=diff3 what they come from. One of ======= alone
# may be a line below a heading, so it takes the first and the last to make a conflict.
_OURS = re.compile(r"^<{7} ", re.MULTILINE)
_THEIRS = re.compile(r"^>{7} ", re.MULTILINE)
_MARKERS = re.compile(r"^(?:[<>]{7}(?= )|={7}(?=\r?$)|\|{7}(?= |\r?$))", re.MULTILINE)
# In a text that starts with ASCII, where the zero bytes stand says which encoding it is.
_WIDE = (
    (re.compile(rb"\xff\xfe\x00\x00|[^\x00]\x00\x00\x00"), "UTF-32"),
    (re.compile(rb"\x00\x00\xfe\xff|\x00\x00\x00[^\x00]"), "UTF-32"),
    (re.compile(rb"\xff\xfe|[^\x00]\x00"), "UTF-16"),
    (re.compile(rb"\xfe\xff|\x00[^\x00]"), "UTF-16"),
)
_KINDS = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe, and a spec is a file"),
    (stat.S_ISSOCK, "it is a socket, and a spec is a file"),
    (stat.S_ISCHR, "it is a device, and a spec is a file"),
    (stat.S_ISBLK, "it is a device, and a spec is a file"),
)


def load(path: Path, name: str) -> str | Diagnostic:
    """The text of the file at `path`, or what is wrong with it as a file or as text."""
    try:
        raw, size = _bytes(path)
    except OSError as error:
        return codes.unreadable(name, error.strerror or str(error))
    if size > BYTE_LIMIT:
        return codes.too_large(size, BYTE_LIMIT, "bytes")
    for pattern, wide in _WIDE:
        if pattern.match(raw):
            return codes.not_utf8(Span(1, 1), f"it looks like {wide}")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        sign = raw[error.start : error.start + 1]
        where = after(raw[: error.start].decode("utf-8"))
        return codes.not_utf8(where, f"the byte 0x{sign.hex()} stands here{_in_latin(sign)}")


def lines(path: Path) -> tuple[str, ...]:
    """The lines of a file that cannot be read as a spec, as far as a message can show them; never fails."""
    try:
        raw, _ = _bytes(path)
    except OSError:
        return ()
    return tuple(raw[:BYTE_LIMIT].decode("utf-8", errors="replace").split("\n"))


def doubtful(text: str) -> list[Diagnostic]:
    """What makes the lines of a text or its meaning depend on the reader."""
    if text.startswith("\ufeff"):
        return [codes.byte_order_mark()]
    return [
        *_conflict(text),
        *(codes.bad_character(where, sign) for where, sign in _all(_DOUBTFUL, text)),
        *(_directive(where, line) for where, line in _all(_DIRECTIVE, text)),
    ]


def _all(pattern: re.Pattern[str], text: str) -> Iterator[tuple[Span, str]]:
    """The first places where a pattern matches: a file that is full of them is known by these."""
    line, begin, seen = 1, 0, 0
    for found in islice(pattern.finditer(text), PLACES_LIMIT):
        line += text.count("\n", seen, found.start())
        begin = max(begin, text.rfind("\n", seen, found.start()) + 1)
        seen = found.start()
        yield Span(line, seen - begin + 1), found[0]


def _conflict(text: str) -> Iterator[Diagnostic]:
    """One finding for all markers of a merge, at the first."""
    ours = _OURS.search(text)
    if ours is not None and _THEIRS.search(text, ours.end()):
        first = after(text[: ours.start()])
        markers = [replace(where, width=7) for where, _ in _all(_MARKERS, text) if where.line >= first.line]
        yield codes.conflict(replace(first, width=7), tuple(markers[1:]))


def _directive(where: Span, line: str) -> Diagnostic:
    shown = line.partition(" #")[0].rstrip()
    return codes.directive(shown, replace(where, width=len(shown)))


def after(before: str) -> Span:
    """The place that follows the text `before`."""
    return Span(before.count("\n") + 1, len(before) - before.rfind("\n"))


def _bytes(path: Path) -> tuple[bytes, int]:
    """No more of a file than a spec may have, and its size; a pipe or a device is not waited for."""
    _refuse_unless_file(path.stat().st_mode)  # before it is opened: to open some devices does something
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
        status = os.fstat(file.fileno())
        _refuse_unless_file(status.st_mode)
        raw = (
            file.read(BYTE_LIMIT + 1) or b""
        )  # it may be growing; some files of /proc have nothing to say yet
    return raw, max(len(raw), status.st_size)


def _refuse_unless_file(mode: int) -> None:
    for is_kind, problem in _KINDS:
        if is_kind(mode):
            raise OSError(problem)


def _in_latin(sign: bytes) -> str:
    shown = sign.decode("cp1252", errors="ignore")
    return f", which is `{shown}` in an older encoding" if shown.isprintable() and shown else ""
