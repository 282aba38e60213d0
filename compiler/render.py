"""Stage 5: artifacts to bytes; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic
from compiler.formats.safe import Unsafe
from compiler.plan import Planned
from compiler.refusal import refusal
from compiler.spec.node import Node


@dataclass(frozen=True, slots=True)
class Rendered:
    """A planned artifact and its bytes."""

    planned: Planned
    data: bytes


def render(planned: Sequence[Planned], runtime: Node) -> tuple[list[Rendered], list[Diagnostic]]:
    """The bytes of every artifact; a finding for each value that cannot stand where it would."""
    rendered: list[Rendered] = []
    findings: list[Diagnostic] = []
    for one in planned:
        try:
            rendered.append(Rendered(one, one.artifact.content.render()))
        except Unsafe as error:
            findings.append(refusal(error, runtime, one.artifact.path))
    return rendered, findings
