"""`dncompile fix`: shows the edits that are certain to be meant, and writes them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from compiler.cli.finishing import FINDINGS, colour_of, finish, titles_of
from compiler.cli.options import Options
from compiler.diagnostics import Diagnostic
from compiler.fix import Mended, mend, writing
from compiler.pretty import as_diff, show
from compiler.source import Document, read


def fix(options: Options, *, applying: bool) -> None:
    """Show the edits, apply them if that is wanted, and leave."""
    document, unread = read(options.spec, partial=True)
    if document is None:
        finish(options, None, unread, "")
    from compiler.pipeline import compile_document  # noqa: PLC0415 - paid only once the text is YAML
    from targets import TARGETS  # noqa: PLC0415 - as above

    def compiled(one: Document, unread: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
        return compile_document(one, options.spec.parent, TARGETS, unread).findings

    mended = mend(document, compiled, unread)
    if applying and mended.changed:
        refused = writing.write(options.spec, mended.before.text, mended.after.text)
        if refused:
            finish(options, document, refused, "")
    _show_mended(options, mended, written=applying)


def _show_mended(options: Options, mended: Mended, *, written: bool) -> None:
    """The diff or the findings, then in words what was done, and leave."""
    state = mended.after if written else mended.before
    name, lines = state.document.name, state.document.lines
    if options.form == "text":
        click.echo(as_diff.diff(mended, name), nl=False)
        click.echo(as_diff.left(mended, name, colour=colour_of(sys.stderr)), nl=False, err=True)
    else:
        titles = titles_of(options)
        click.echo(show(state.findings, name, lines, options.form, colour=False, titles=titles), nl=False)
    if not options.quiet:
        click.echo(as_diff.told(mended, name, written=written), nl=False, err=True)
    sys.exit(FINDINGS if as_diff.remains(mended) or (mended.changed and not written) else 0)
