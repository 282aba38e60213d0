"""What every command of the command line takes, and the commands that can be pasted with the same options."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from compiler.pretty import Format

SPEC = Path("specs/runtime.yaml")
_OPTIONS = "dncompile.options"


@dataclass(frozen=True, slots=True)
class Options:
    """What every command takes."""

    spec: Path = SPEC
    out: Path = Path("generated")
    form: Format = "text"
    quiet: bool = False

    def command(self, *words: str) -> str:
        """Another command about the same spec, as a shell takes it."""
        spec = () if self.spec == SPEC else ("--spec", str(self.spec))
        return shlex.join(("dncompile", *words, *spec))


def common(command: Callable[..., None]) -> Callable[..., None]:
    """A command that takes the options, before or after its name."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, default=None, help="Say nothing but findings."),
        click.option(
            "--format",
            "form",
            type=click.Choice(("text", "json", "github", "sarif")),
            help="How findings are shown.",
        ),
        click.option("--out", type=click.Path(path_type=Path), help="The compiled tree [generated]."),
        click.option("--spec", type=click.Path(path_type=Path), help="The truth book [specs/runtime.yaml]."),
    ):
        command = option(command)
    return command


def given_to(context: click.Context, given: dict[str, Any]) -> Options:
    """The options of a command: its own before those that stand before its name."""
    base = context.obj or Options()
    options = replace(base, **{name: value for name, value in given.items() if value is not None})
    context.meta[_OPTIONS] = options
    return options


def known_to(context: click.Context) -> Options:
    """The options as far as they have been read when something fails."""
    options = context.meta.get(_OPTIONS)
    return options if isinstance(options, Options) else Options()
