"""The event stream of one YAML file, composed without recursion into data and spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.diagnostics import Diagnostic
from compiler.source import codes, quotes, text
from compiler.source.bounded import bounded
from compiler.source.compose import Composer, Refused
from compiler.source.document import Document

if TYPE_CHECKING:
    import yaml

# libyaml stops at the first place that it cannot read.
_UNREAD = "more may follow once this is mended: what stands below was not read"


def read(
    path: Path, name: str | None = None, *, partial: bool = False
) -> tuple[Document | None, list[Diagnostic]]:
    """Read and compose the file at `path`; `name` is what diagnostics call it.

    Returns no document when anything is wrong with the file as text or as YAML. With `partial` there is one
    also beside findings, if they are about single values and all of the structure is known: such a document
    is good for a look at the rest, and never for a result.
    """
    shown = name or str(path)
    loaded = text.load(path, shown)
    return (None, [loaded]) if isinstance(loaded, Diagnostic) else read_text(loaded, shown, partial=partial)


def read_text(written: str, name: str, *, partial: bool = False) -> tuple[Document | None, list[Diagnostic]]:
    """Compose YAML that is already text; see `read`."""
    found = text.doubtful(written)
    if found:
        return None, found
    lines = tuple(written.split("\n"))
    composer = Composer(lines)
    try:
        for event in _events(written, lines):
            composer.take(event)
    except Refused as refusal:
        if not quotes.explained(refusal.diagnostic, composer.findings):
            composer.findings.append(refusal.diagnostic)
        return None, bounded(composer.findings)
    findings, root = bounded(composer.findings), composer.root
    if root is None or root.value is None:
        return None, findings or [codes.empty()]
    if findings and not (partial and composer.sound):
        return None, findings
    keys, values = composer.spans()
    return Document(name, lines, root.value, keys, values), findings


def _events(written: str, lines: tuple[str, ...]) -> Iterator[yaml.Event]:
    import yaml  # noqa: PLC0415 - paid only by commands that read a spec

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(written, Loader=loader)
    except yaml.YAMLError as error:
        from compiler.source import trouble  # noqa: PLC0415 - a good file needs none of it

        said = trouble.explain(error, lines)
        raise Refused(replace(said, help=f"{said.help}\n{_UNREAD}")) from error
