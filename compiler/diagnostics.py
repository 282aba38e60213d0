"""What the compiler has to say about a spec: values, never text.

Every stage returns diagnostics beside its result; `pretty` turns them into text, JSON, SARIF or annotations.
A place is a path into the spec; its line is looked up late, from the spans that `source` kept beside the
data.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from compiler.spec.path import SpecPath

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one line of a file; lines and columns count from 1, `width` is in characters."""

    line: int
    column: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Related:
    """Another place that the finding is about, and what it has to do with it."""

    message: str
    path: SpecPath = ()
    on_key: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the spec that is certain to be what was meant.

    `text` is YAML and replaces the value at `path`, or its key with `on_key`; without a text the whole entry
    is taken away.
    """

    path: SpecPath
    text: str | None
    on_key: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    `path` names the place in the spec and `on_key` whether the key or the value is meant; `span` is set by
    the stage that knows it, or later by `Document.locate`. `file` is another file than the spec, when the
    finding is about one (a stale output, say). With `secret`, what stands at the place is not shown.
    `related` are other places to look at, and `edits` mend the finding for certain (`dncompile fix`).
    """

    code: str
    message: str
    path: SpecPath = ()
    on_key: bool = False
    span: Span | None = None
    file: str | None = None
    reason: str = ""
    help: str = ""
    severity: Severity = "error"
    secret: bool = False
    detail: str = field(default="", compare=False)
    related: tuple[Related, ...] = ()
    edits: tuple[Edit, ...] = ()


def errors(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Those that forbid a result; warnings and notes alone do not."""
    return [one for one in found if one.severity == "error"]
