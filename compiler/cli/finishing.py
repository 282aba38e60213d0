"""What every command ends with: the findings, what was done, and the exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from compiler.cli.options import Options

if TYPE_CHECKING:
    from compiler.diagnostics import Diagnostic
    from compiler.pages import Page
    from compiler.source import Document

FINDINGS = 1


def compiled(options: Options) -> tuple[Document | None, dict[str, Any] | None, list[Diagnostic]]:
    """The spec as it was read, what it compiles to unless it is wrong, and all findings."""
    from compiler.source import read  # noqa: PLC0415 - paid only by commands that read a spec

    document, findings = read(options.spec, partial=True)
    if document is None:
        return None, None, findings
    from compiler.pipeline import compile_document  # noqa: PLC0415 - paid only once the text is YAML
    from targets import TARGETS  # noqa: PLC0415 - as above

    made = compile_document(document, options.spec.parent, TARGETS, findings)
    return document, made.bundle, list(made.findings)


def finish(options: Options, document: Document | None, findings: list[Diagnostic], said: str) -> NoReturn:
    """Print and leave: findings first, then what was done."""
    from compiler.diagnostics import errors  # noqa: PLC0415 - tiny, but `--help` needs none of it

    bad = bool(errors(findings))
    if findings or options.form in ("json", "sarif"):
        from compiler.pretty import show  # noqa: PLC0415 - paid only when there is something to show
        from compiler.source import text  # noqa: PLC0415 - as above

        lines = document.lines if document else text.lines(options.spec)
        name = document.name if document else str(options.spec)
        colour, titles, mending = colour_of(sys.stdout), titles_of(options), options.command("fix")
        shown = show(findings, name, lines, options.form, colour=colour, titles=titles, mending=mending)
        click.echo(shown, nl=False)
    if said and not bad and not options.quiet:
        click.echo(said, err=True)
    sys.exit(FINDINGS if bad else 0)


def titles_of(options: Options) -> dict[str, str]:
    """What each code is about, for the form that has a table of rules."""
    if options.form != "sarif":
        return {}
    return {code: page.title for code, page in pages_of_all().items()}


def pages_of_all() -> dict[str, Page]:
    """Every page of every code."""
    from compiler import pages  # noqa: PLC0415 - paid only by those who show titles
    from compiler.rules import RULES  # noqa: PLC0415 - as above
    from targets import TARGETS, check_pages  # noqa: PLC0415 - as above

    return pages.every([*RULES, *(rule for target in TARGETS for rule in target.rules)], check_pages())


def colour_of(stream: TextIO) -> bool:
    """Whether a stream is a terminal that wants colours (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")
