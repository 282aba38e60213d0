"""The command line: parse, one call, print, exit.

Results go to standard output and talk to standard error. Exit codes: 0 done, 1 findings, 2 a wrong call.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

import click

from compiler.cli_options import Options, common, given_to, known_to

if TYPE_CHECKING:
    from compiler.diagnostics import Diagnostic
    from compiler.fix import Mended
    from compiler.pages import Page
    from compiler.source import Document

FINDINGS = 1
_MOST_NEAR = 6


class _LastDoor(click.Group):
    """Whatever fails behind it is said without a traceback, and to a program in the form that it reads."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was, it is not the spec's fault
            from compiler import faults  # noqa: PLC0415 - paid only when something failed

            options = known_to(ctx)
            out, err = faults.said(error, options.form, str(options.spec))
            click.echo(out, nl=False)
            click.echo(err, nl=False, err=True)
            sys.exit(FINDINGS)


@click.group(
    cls=_LastDoor, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="dncompile", message="%(prog)s %(version)s")
@common
@click.pass_context
def cli(context: click.Context, /, **given: Any) -> None:
    """Compile the truth book of a runtime into every file that its hosts and clients need.

    Without a command: build.
    """
    context.obj = given_to(context, given)
    if context.invoked_subcommand is None:
        _build(context.obj)


@cli.command()
@common
@click.pass_context
def build(context: click.Context, /, **given: Any) -> None:
    """Compile the spec into the tree, and say what changed."""
    _build(given_to(context, given))


@cli.command()
@common
@click.pass_context
def check(context: click.Context, /, **given: Any) -> None:
    """Compile in memory and show where the tree differs; write nothing."""
    options = given_to(context, given)
    document, bundle, findings = _compile(options)
    if bundle is not None:
        from compiler.bundle import compare, disk  # noqa: PLC0415 - paid by this command alone

        try:
            findings += compare.compare(options.out, bundle)
        except disk.Refused as refusal:
            findings += refusal.findings
    _finish(options, document, findings, f"{options.out} is what {options.spec} compiles to")


@cli.command()
@click.option("--check", "checking", is_flag=True, help="Only say whether the committed schema is current.")
@common
@click.pass_context
def schema(context: click.Context, /, checking: bool, **given: Any) -> None:
    """Write the JSON Schema beside the spec, for editors."""
    options = given_to(context, given)
    from compiler.spec import schema as schemas  # noqa: PLC0415 - paid by this command alone

    place = options.spec.parent / schemas.NAME
    made = schemas.schema()
    current = place.is_file() and place.read_bytes() == made
    if checking and not current:
        from compiler.diagnostics import Diagnostic  # noqa: PLC0415 - paid by this command alone

        problem, way = f"{place} is not what the models say", f"run {options.command('schema')}"
        stale = Diagnostic("DN220", problem, file=str(place), help=way)
        _finish(options, None, [stale], "")
    if not current:
        place.write_bytes(made)
    _finish(options, None, [], f"{place} is current" if current else f"{place} written")


@cli.command()
@click.argument("code", required=False)
@common
@click.pass_context
def rules(context: click.Context, /, code: str | None, **given: Any) -> None:
    """List what the compiler can find fault with, or explain one CODE."""
    options = given_to(context, given)
    if options.form == "github":
        raise click.UsageError(
            "--format github is for findings, and rules are none: write text, json or sarif", context
        )
    from compiler.pretty import as_pages  # noqa: PLC0415 - paid by this command alone

    known = _pages()
    shown = known if code is None else _called(known, code)
    if not shown:
        _finish(options, None, [_no_such(known, str(code))], "")
    if options.form == "json":
        click.echo(as_pages.as_json(shown), nl=False)
    elif options.form == "sarif":
        from compiler.pretty import as_sarif  # noqa: PLC0415 - paid by this form alone

        click.echo(as_sarif.rules(shown), nl=False)
    else:
        click.echo(as_pages.listed(shown) if code is None else as_pages.explained(*shown.values()), nl=False)


def _called(known: dict[str, Page], code: str) -> dict[str, Page]:
    from compiler import pages  # noqa: PLC0415 - paid by this command alone

    return pages.called(known, code)


def _no_such(known: dict[str, Page], code: str) -> Diagnostic:
    from compiler import pages  # noqa: PLC0415 - paid only when it is needed
    from compiler.diagnostics import Diagnostic  # noqa: PLC0415 - as above

    near = pages.about(known, code)[:_MOST_NEAR]
    maybe = "".join(f"\n{one}: {known[one].title}" for one in near)
    way = "`dncompile rules` lists all"
    return Diagnostic(
        "DN221", f"there is no code {code}", help=f"did you mean one of these? {way}{maybe}" if near else way
    )


@cli.command()
@click.option("--apply", "applying", is_flag=True, help="Write the spec; without it, only show the edits.")
@common
@click.pass_context
def fix(context: click.Context, /, applying: bool, **given: Any) -> None:
    """Show the edits that are certain to be meant, and write them with --apply."""
    options = given_to(context, given)
    from compiler.source import read  # noqa: PLC0415 - paid only by commands that read a spec

    document, unread = read(options.spec, partial=True)
    if document is None:
        _finish(options, None, unread, "")
        return
    from compiler.fix import mend, writing  # noqa: PLC0415 - paid by this command alone
    from compiler.pipeline import compile_document  # noqa: PLC0415 - paid only once the text is YAML
    from targets import TARGETS  # noqa: PLC0415 - as above

    def compiled(one: Document, unread: Sequence[Diagnostic]) -> Sequence[Diagnostic]:
        return compile_document(one, options.spec.parent, TARGETS, unread).findings

    mended = mend(document, compiled, unread)
    if applying and mended.changed:
        refused = writing.write(options.spec, mended.before.text, mended.after.text)
        if refused:
            _finish(options, document, refused, "")
    _show_mended(options, mended, written=applying)


def _show_mended(options: Options, mended: Mended, *, written: bool) -> None:
    """The diff or the findings, then in words what was done, and leave."""
    from compiler.pretty import as_diff, show  # noqa: PLC0415 - paid by this command alone

    state = mended.after if written else mended.before
    name, lines = state.document.name, state.document.lines
    if options.form == "text":
        click.echo(as_diff.diff(mended, name), nl=False)
        click.echo(as_diff.left(mended, name, colour=_colour(sys.stderr)), nl=False, err=True)
    else:
        titles = _titles(options)
        click.echo(show(state.findings, name, lines, options.form, colour=False, titles=titles), nl=False)
    if not options.quiet:
        click.echo(as_diff.told(mended, name, written=written), nl=False, err=True)
    sys.exit(FINDINGS if as_diff.remains(mended) or (mended.changed and not written) else 0)


def _build(options: Options) -> None:
    document, bundle, findings = _compile(options)
    said = ""
    if bundle is not None:
        from compiler.bundle import compare, disk  # noqa: PLC0415 - paid by this command alone
        from compiler.pretty import changes  # noqa: PLC0415 - as above

        try:
            done = disk.write(options.out, bundle)
            said = changes.show(str(options.out), done.written, done.removed)
            findings += compare.strangers(options.out, bundle)
        except disk.Refused as refusal:
            findings += refusal.findings
    _finish(options, document, findings, said)


def _compile(options: Options) -> tuple[Document | None, dict[str, Any] | None, list[Diagnostic]]:
    from compiler.source import read  # noqa: PLC0415 - paid only by commands that read a spec

    document, findings = read(options.spec, partial=True)
    if document is None:
        return None, None, findings
    from compiler.pipeline import compile_document  # noqa: PLC0415 - paid only once the text is YAML
    from targets import TARGETS  # noqa: PLC0415 - as above

    compiled = compile_document(document, options.spec.parent, TARGETS, findings)
    return document, compiled.bundle, list(compiled.findings)


def _finish(options: Options, document: Document | None, findings: list[Diagnostic], said: str) -> None:
    """Print and leave: findings first, then what was done."""
    from compiler.diagnostics import errors  # noqa: PLC0415 - tiny, but `--help` needs none of it

    bad = bool(errors(findings))
    if findings or options.form in ("json", "sarif"):
        from compiler.pretty import show  # noqa: PLC0415 - paid only when there is something to show
        from compiler.source import text  # noqa: PLC0415 - as above

        lines = document.lines if document else text.lines(options.spec)
        name = document.name if document else str(options.spec)
        colour, titles, mending = _colour(sys.stdout), _titles(options), options.command("fix")
        shown = show(findings, name, lines, options.form, colour=colour, titles=titles, mending=mending)
        click.echo(shown, nl=False)
    if said and not bad and not options.quiet:
        click.echo(said, err=True)
    sys.exit(FINDINGS if bad else 0)


def _titles(options: Options) -> dict[str, str]:
    """What each code is about, for the form that has a table of rules."""
    if options.form != "sarif":
        return {}
    return {code: page.title for code, page in _pages().items()}


def _pages() -> dict[str, Page]:
    from compiler import pages  # noqa: PLC0415 - paid only by those who show titles
    from compiler.rules import RULES  # noqa: PLC0415 - as above
    from targets import TARGETS  # noqa: PLC0415 - as above

    return pages.every([*RULES, *(rule for target in TARGETS for rule in target.rules)])


def _colour(stream: TextIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR")


def main() -> None:
    """The console script: no traceback ever reaches a person."""
    # A plugin of some other package must not change what a spec means; looking for plugins takes time.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that is not UTF-8 is no fault
    try:
        cli(prog_name="dncompile")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FINDINGS)


if __name__ == "__main__":
    main()
