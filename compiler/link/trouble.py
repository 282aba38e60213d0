"""What is wrong with a graph: the output and line at fault, before the line of the spec is known."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.artifact import Place
from compiler.diagnostics import Severity
from compiler.spec.path import SpecPath


@dataclass(frozen=True, slots=True)
class Trouble:
    """A finding at a line of an output; `token` is the text in that line that is at fault."""

    code: str
    place: Place
    path: str
    line: int
    token: str
    message: str
    help: str
    severity: Severity = "error"
    at: SpecPath = ()
    """Where in the spec, if that is known already."""
