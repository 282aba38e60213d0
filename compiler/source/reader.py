"""The event stream of one YAML file, composed without recursion into data and spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.diagnostics import Diagnostic, Span
from compiler.source import codes
from compiler.source.compose import Composer, Refused
from compiler.source.document import Document

if TYPE_CHECKING:
    import yaml

LIMIT_BYTES = 4 * 1024 * 1024
# YAML 1.1 ends a line here, where YAML 1.2 or an editor does not: what follows could be a key or a comment.
_DOUBTFUL_BREAK = re.compile(r"\r(?!\n)|[\x85\u2028\u2029]")


def read(path: Path, name: str | None = None) -> tuple[Document | None, list[Diagnostic]]:
    """Read and compose the file at `path`; `name` is what diagnostics call it.

    Returns no document when anything is wrong with the file as text or as YAML.
    """
    shown = name or str(path)
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= LIMIT_BYTES else b""
    except OSError as error:
        return None, [codes.unreadable(shown, error.strerror or str(error))]
    if size > LIMIT_BYTES:
        return None, [codes.too_large(size, LIMIT_BYTES)]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [codes.not_utf8(_after(raw[: error.start].decode("utf-8")))]
    return read_text(text, shown)


def read_text(text: str, name: str) -> tuple[Document | None, list[Diagnostic]]:
    """Compose YAML that is already text; see `read`."""
    if text.startswith("\ufeff"):
        return None, [codes.byte_order_mark()]
    break_ = _DOUBTFUL_BREAK.search(text)
    if break_ is not None:
        return None, [codes.bad_character(_after(text[: break_.start()]))]
    lines = tuple(text.split("\n"))
    composer = Composer(lines)
    try:
        for event in _events(text):
            composer.take(event)
    except Refused as refusal:
        composer.findings.append(refusal.diagnostic)
    if composer.findings or composer.root is None:
        return None, composer.findings or [codes.empty()]
    keys, values = composer.spans()
    return Document(name, lines, composer.root.value, keys, values), []


def _events(text: str) -> Iterator[yaml.Event]:
    import yaml  # noqa: PLC0415 - paid only by commands that read a spec

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = _start_of_trouble(error)
        where = Span(mark.line + 1, mark.column + 1) if mark else Span(1, 1)
        raise Refused(codes.not_yaml(error.problem or "it cannot be parsed", where)) from error
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position].decode(errors="ignore")  # libyaml counts bytes
        raise Refused(codes.bad_character(_after(before))) from error


def _start_of_trouble(error: yaml.MarkedYAMLError) -> yaml.Mark | None:
    """Where what cannot be read begins: an open quote or a key without a colon is noticed only later."""
    token = (error.problem or "").startswith("found character")
    scanning = (error.context or "").startswith("while scanning") and not token
    return (error.context_mark if scanning else None) or error.problem_mark or error.context_mark


def _after(before: str) -> Span:
    """The place that follows the text `before`."""
    return Span(before.count("\n") + 1, len(before) - before.rfind("\n"))
