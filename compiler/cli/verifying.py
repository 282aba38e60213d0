"""`dncompile verify`: compiles in memory, and lets every consumer read its files."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from compiler.cli.finishing import finish
from compiler.cli.options import Options
from compiler.pipeline import compile_document
from compiler.source import read
from compiler.spec import inputs
from compiler.verify.cache import Cache
from compiler.verify.check import Check
from compiler.verify.consumers import CHECKS
from compiler.verify.findings import findings
from compiler.verify.report import table
from compiler.verify.run import answers
from compiler.verify.site import Site
from compiler.verify.tools import Tools
from compiler.verify.whole import Whole
from targets import TARGETS
from targets.checks import CHECKS as OF_TARGETS


def verify(
    options: Options, only: Sequence[str], tools: Tools, whole: Whole | None, *, require_tools: bool
) -> NoReturn:
    """Compile a spec, ask every consumer or those that `only` names, say what they said, and leave."""
    _refuse_unknown(only)
    document, found = read(options.spec, partial=True)
    if document is None:
        finish(options, None, found, "")
    compiled = compile_document(document, options.spec.parent, TARGETS, found)
    if compiled.bundle is None or compiled.linked is None:
        finish(options, document, list(compiled.findings), "")
    checks = checks_called(only)
    with tempfile.TemporaryDirectory(prefix="dncompile-") as work:
        site = Site(document, compiled.linked, TARGETS, tools, Path(work))
        given = answers(site, checks, Cache(whole.folder if whole else None))
        complaints = findings(site, given, require_tools=require_tools)
    found = [*compiled.findings, *(document.locate(one) for one in complaints)]
    if whole and not found and not any(one.unable and not one.check.optional for one in given):
        files = [name for _, name in inputs.named(compiled.linked.runtime)]
        asked = [tool for check in checks for tool in check.tools]
        whole.put(table(given), files, ["roots", "nginx", *asked])
    if not options.quiet:
        click.echo(table(given), err=True)
    finish(options, document, found, "")


def _refuse_unknown(only: Sequence[str]) -> None:
    known = sorted({check.name for check in checks_called(())})
    for name in only:
        if name not in known:
            raise click.UsageError(f"--only {name}: the checks are {', '.join(known)}")


def checks_called(only: Sequence[str]) -> list[Check]:
    """The checks of these names, or all without any."""
    every = [*CHECKS, *OF_TARGETS]
    return [check for check in every if not only or check.name in only]
