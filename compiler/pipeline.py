"""The compiler, from the text of a spec to the bundle: one function that reads like the design's diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler import plan as planning
from compiler import render, rules
from compiler.artifact import Target
from compiler.bundle.assemble import Bundle, assemble
from compiler.diagnostics import Diagnostic, errors
from compiler.source import Document
from compiler.spec import inputs, load


@dataclass(frozen=True, slots=True)
class Compiled:
    """A bundle, unless there were errors, and all findings with their spans."""

    bundle: Bundle | None
    findings: tuple[Diagnostic, ...]


def compile_document(document: Document, folder: Path, targets: Sequence[Target]) -> Compiled:
    """Everything between the text and the disk; `folder` holds the files that the spec names."""
    findings: list[Diagnostic] = []
    bundle = _stages(document, folder, targets, findings)
    located = tuple(document.locate(one) for one in findings)
    return Compiled(None if errors(located) else bundle, located)


def _stages(
    document: Document, folder: Path, targets: Sequence[Target], findings: list[Diagnostic]
) -> Bundle | None:
    runtime, found = load.load(document)
    findings += found
    if runtime is None or errors(findings):
        return None
    files, found = inputs.read(runtime, folder)
    runtime.attach(files)
    findings += [*found, *rules.check(runtime)]
    if errors(findings):
        return None
    planned, found = planning.plan(runtime, targets)
    findings += found
    if errors(findings):
        return None
    rendered, found = render.render(planned, runtime)
    findings += found
    return None if errors(findings) else assemble(rendered)
