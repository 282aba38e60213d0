"""The compiler, from the text of a spec to the bundle: one function that reads like the design's diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from compiler import plan as planning
from compiler import render, rules, versions
from compiler.artifact import Target
from compiler.bundle.assemble import Bundle, assemble
from compiler.diagnostics import Diagnostic, errors
from compiler.source import Document
from compiler.source.bounded import bounded
from compiler.spec import inputs, load
from compiler.spec.path import SpecPath


@dataclass(frozen=True, slots=True)
class Compiled:
    """A bundle, unless there were errors, and all findings with their spans."""

    bundle: Bundle | None
    findings: tuple[Diagnostic, ...]


def compile_document(
    document: Document, folder: Path, targets: Sequence[Target], unread: Sequence[Diagnostic] = ()
) -> Compiled:
    """Everything between the text and the disk.

    Args:
        document: the spec.
        folder: holds the files that the spec names.
        targets: what to compile it for.
        unread: what reading found wrong with single values: said once, and seen by no rule.
    """
    loaded = _without(load.load(document), {one.path for one in unread})
    findings = [*unread, *loaded.findings]
    bundle = _stages(loaded, folder, targets, findings)
    located = bounded(sorted((loaded.document.locate(one) for one in findings), key=_in_the_file))
    return Compiled(None if errors(located) else bundle, tuple(located))


def _without(loaded: load.Loaded, unread: set[SpecPath]) -> load.Loaded:
    findings = [one for one in loaded.findings if one.path not in unread]
    return replace(loaded, findings=findings, hidden=loaded.hidden | unread)


def _in_the_file(found: Diagnostic) -> tuple[int, int]:
    return (found.span.line, found.span.column) if found.span else (0, 0)


def _stages(
    loaded: load.Loaded, folder: Path, targets: Sequence[Target], findings: list[Diagnostic]
) -> Bundle | None:
    runtime = loaded.runtime
    if runtime is None:
        return None
    files, found = inputs.read(runtime, folder, loaded.hidden)
    runtime.attach(files)
    hidden = loaded.hidden.union(one.path for one in found)
    demands = [rule for target in targets for rule in target.rules]
    findings += [*found, *rules.check(runtime, demands, hidden)]
    if errors(findings):
        return None
    planned, found = planning.plan(runtime, targets)
    findings += found
    if errors(findings):
        return None
    rendered, found = render.render(planned, runtime)
    findings += [*found, *versions.check(rendered, runtime)]
    return None if errors(findings) else assemble(rendered)
