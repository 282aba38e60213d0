"""The command line: parse, one call, print, exit.

Results go to standard output and talk to standard error. Exit codes: 0 done, 1 findings, 2 a wrong call.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from compiler.diagnostics import Diagnostic
    from compiler.pretty import Format
    from compiler.source import Document

FINDINGS = 1


@dataclass(frozen=True, slots=True)
class Options:
    """What every command takes."""

    spec: Path = Path("specs/runtime.yaml")
    out: Path = Path("generated")
    form: Format = "text"
    quiet: bool = False


def _common(command: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.option("-q", "--quiet", is_flag=True, default=None, help="Say nothing but findings."),
        click.option(
            "--format", "form", type=click.Choice(("text", "json", "github")), help="How findings are shown."
        ),
        click.option("--out", type=click.Path(path_type=Path), help="The compiled tree [generated]."),
        click.option("--spec", type=click.Path(path_type=Path), help="The truth book [specs/runtime.yaml]."),
    ):
        command = option(command)
    return command


def _options(context: click.Context, given: dict[str, Any]) -> Options:
    base = context.obj or Options()
    return replace(base, **{name: value for name, value in given.items() if value is not None})


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dncompile", message="%(prog)s %(version)s")
@_common
@click.pass_context
def cli(context: click.Context, /, **given: Any) -> None:
    """Compile the truth book of a runtime into every file that its hosts and clients need.

    Without a command: build.
    """
    context.obj = _options(context, given)
    if context.invoked_subcommand is None:
        _build(context.obj)


@cli.command()
@_common
@click.pass_context
def build(context: click.Context, /, **given: Any) -> None:
    """Compile the spec into the tree, and say what changed."""
    _build(_options(context, given))


@cli.command()
@_common
@click.pass_context
def check(context: click.Context, /, **given: Any) -> None:
    """Compile in memory and show where the tree differs; write nothing."""
    options = _options(context, given)
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
@_common
@click.pass_context
def schema(context: click.Context, /, checking: bool, **given: Any) -> None:
    """Write the JSON Schema beside the spec, for editors."""
    options = _options(context, given)
    from compiler.spec import schema as schemas  # noqa: PLC0415 - paid by this command alone

    place = options.spec.parent / schemas.NAME
    made = schemas.schema()
    current = place.is_file() and place.read_bytes() == made
    if checking and not current:
        from compiler.diagnostics import Diagnostic  # noqa: PLC0415 - paid by this command alone

        stale = Diagnostic(
            "DN220", f"{place} is not what the models say", file=str(place), help="run dncompile schema"
        )
        _finish(options, None, [stale], "")
    if not current:
        place.write_bytes(made)
    _finish(options, None, [], f"{place} is current" if current else f"{place} written")


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

    document, findings = read(options.spec)
    if document is None:
        return None, None, findings
    from compiler.pipeline import compile_document  # noqa: PLC0415 - paid only once the text is YAML
    from targets import TARGETS  # noqa: PLC0415 - as above

    compiled = compile_document(document, options.spec.parent, TARGETS)
    return document, compiled.bundle, list(compiled.findings)


def _finish(options: Options, document: Document | None, findings: list[Diagnostic], said: str) -> None:
    """Print and leave: findings first, then what was done."""
    from compiler.diagnostics import errors  # noqa: PLC0415 - tiny, but `--help` needs none of it

    bad = bool(errors(findings))
    if findings or options.form == "json":
        from compiler.pretty import show  # noqa: PLC0415 - paid only when there is something to show

        lines = document.lines if document else _lines(options.spec)
        name = document.name if document else str(options.spec)
        click.echo(show(findings, name, lines, options.form, colour=_colour()), nl=False)
    if said and not bad and not options.quiet:
        click.echo(said, err=True)
    sys.exit(FINDINGS if bad else 0)


def _lines(spec: Path) -> tuple[str, ...]:
    try:
        return tuple(spec.read_text("utf-8", errors="replace").split("\n")) if spec.is_file() else ()
    except OSError:
        return ()


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def main() -> None:
    """The console script: no traceback ever reaches a person."""
    # A plugin of some other package must not change what a spec means; looking for plugins takes time.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
    try:
        cli(prog_name="dncompile")
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(FINDINGS)
    except OSError as error:
        click.echo(f"error: {error.filename or 'the disk'}: {error.strerror or error}", err=True)
        sys.exit(FINDINGS)
    except Exception as error:  # noqa: BLE001 - the last door: whatever it was, it is our fault and not the spec's
        click.echo(_fault(error), err=True)
        sys.exit(FINDINGS)


def _fault(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f" at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
    return (
        f"error[DN900]: the compiler failed: {type(error).__name__}: {error}{where}\n"
        "   = why: this is a fault of dncompile, not of the spec; nothing was written\n"
        "   = help: report it with the spec and this message"
    )


if __name__ == "__main__":
    main()
