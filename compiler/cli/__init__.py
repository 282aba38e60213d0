"""The command line: parse, one call, print, exit.

Results go to standard output and talk to standard error. Exit codes: 0 done, 1 findings, 2 a wrong call.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli.finishing import FINDINGS, compiled, finish, pages_of_all
from compiler.cli.options import Options, common, given_to, known_to

if TYPE_CHECKING:
    from compiler.diagnostics import Diagnostic
    from compiler.pages import Page

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
    document, bundle, findings = compiled(options)
    if bundle is not None:
        from compiler.bundle import compare, disk  # noqa: PLC0415 - paid by this command alone

        try:
            findings += compare.compare(options.out, bundle)
        except disk.Refused as refusal:
            findings += refusal.findings
    finish(options, document, findings, f"{options.out} is what {options.spec} compiles to")


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
        finish(options, None, [stale], "")
    if not current:
        place.write_bytes(made)
    finish(options, None, [], f"{place} is current" if current else f"{place} written")


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

    known = pages_of_all()
    shown = known if code is None else _called(known, code)
    if not shown:
        finish(options, None, [_no_such(known, str(code))], "")
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
    from compiler.cli import fixing  # noqa: PLC0415 - paid by this command alone

    fixing.fix(options, applying=applying)


@cli.command()
@click.option("--only", multiple=True, metavar="NAME", help="Ask this consumer alone; may be repeated.")
@click.option("--require-tools", is_flag=True, help="A check that cannot be made is an error.")
@click.option("--roots", type=click.Path(path_type=Path), help="Root file systems of releases, by name.")
@click.option("--no-cache", is_flag=True, help="Ask everything again.")
@common
@click.pass_context
def verify(
    context: click.Context,
    /,
    only: tuple[str, ...],
    require_tools: bool,
    roots: Path | None,
    no_cache: bool,
    **given: Any,
) -> None:
    """Let every program that will read an output read it now."""
    options = given_to(context, given)
    from compiler.verify.cache import default_folder  # noqa: PLC0415 - paid by this command alone
    from compiler.verify.tools import Tools  # noqa: PLC0415 - as above
    from compiler.verify.whole import Whole  # noqa: PLC0415 - as above

    asked = (*sorted(only), f"require_tools={require_tools}")
    whole = None if no_cache else Whole(default_folder(), options.spec, asked, Tools(roots))
    said = whole.get() if whole else None
    if said is None:
        from compiler.cli import verifying  # noqa: PLC0415 - paid only when something has to be asked

        verifying.verify(options, only, Tools(roots), whole, require_tools=require_tools)
    finish(options, None, [], f"{said}\n(all of it known from before)")


def _build(options: Options) -> None:
    document, bundle, findings = compiled(options)
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
    finish(options, document, findings, said)


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
