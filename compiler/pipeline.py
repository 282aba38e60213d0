"""The compiler, from the text of a spec to the bundle: one function that reads like the design's diagram."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from compiler import plan as planning
from compiler import render, rules, versions
from compiler.artifact import Target
from compiler.bundle.assemble import Bundle, assemble
from compiler.diagnostics import Diagnostic, errors
from compiler.link.findings import Linked, link
from compiler.render import Rendered
from compiler.rules import secrets
from compiler.source import Document
from compiler.source.bounded import bounded
from compiler.spec import inputs, load
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_SHAPE = "DN023"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A bundle, unless there were errors, and all findings with their spans."""

    bundle: Bundle | None
    findings: tuple[Diagnostic, ...]
    linked: Linked | None = None


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
    findings = [*unread, *loaded.findings, *secrets.in_comments(document.lines)]
    linked = _stages(loaded, folder, targets, findings)
    placed = _told_once([loaded.document.locate(one) for one in findings])
    located = bounded(sorted(placed, key=_in_the_file))
    bundle = assemble(linked.scopes) if linked and not errors(located) else None
    return Compiled(bundle, tuple(located), linked)


def _without(loaded: load.Loaded, unread: set[SpecPath]) -> load.Loaded:
    findings = [one for one in loaded.findings if one.path not in unread]
    return replace(loaded, findings=findings, hidden=loaded.hidden | unread)


def _told_once(located: Sequence[Diagnostic]) -> list[Diagnostic]:
    """A key of a wrong shape is not told of where a rule says what is to stand there instead."""
    keys = {one.span for one in located if one.on_key and one.reason and one.severity == "error"}
    return [one for one in located if not (one.code == _SHAPE and one.edits and one.span in keys)]


def _in_the_file(found: Diagnostic) -> tuple[int, int]:
    return (found.span.line, found.span.column) if found.span else (0, 0)


def _stages(
    loaded: load.Loaded, folder: Path, targets: Sequence[Target], findings: list[Diagnostic]
) -> Linked | None:
    runtime = loaded.runtime
    if runtime is None:
        return None
    files, found = inputs.read(runtime, folder, loaded.hidden)
    runtime.attach(files)
    hidden = loaded.hidden.union(one.path for one in found)
    unsure = {one.path for one in findings if not one.edits}
    demands = [rule for target in targets for rule in target.rules]
    findings += [*found, *rules.check(runtime, demands, hidden, unsure)]
    if hidden:
        return None
    if not errors(findings):
        rendered, found = _outputs(runtime, targets)
        findings += found
        return None if errors(findings) else _linked(rendered, loaded, targets, findings)
    said = {one.path for one in findings}
    with suppress(Exception):  # what breaks a rule may not be renderable at all, and is said already
        findings += [one for one in _outputs(runtime, targets)[1] if one.path not in said]
    return None


def _outputs(runtime: Runtime, targets: Sequence[Target]) -> tuple[list[Rendered], list[Diagnostic]]:
    """The outputs, and what is wrong with single ones; a spec that breaks a rule has such mistakes, too."""
    planned, findings = planning.plan(runtime, targets)
    rendered, found = render.render(planned, runtime)
    return rendered, [*findings, *found, *versions.check(rendered, runtime)]


def _linked(
    rendered: Sequence[Rendered], loaded: load.Loaded, targets: Sequence[Target], findings: list[Diagnostic]
) -> Linked | None:
    if loaded.runtime is None:
        return None
    linked = link(rendered, loaded.document, loaded.runtime, targets)
    findings += linked.findings
    return None if errors(findings) else linked
