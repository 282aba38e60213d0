"""A format's refusal of a value, as a finding at the leaf of the spec that holds the value."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Diagnostic
from compiler.formats.safe import Unsafe
from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath


def refusal(error: Unsafe, runtime: Node, output: str) -> Diagnostic:
    """The finding; `output` says where the value would have stood."""
    return Diagnostic(
        "DN110",
        str(error),
        path=_holder(runtime, error.value),
        reason=f"it would stand in {output}, whose format has no way to write it",
        help="leave the character out",
    )


def _holder(runtime: Node, value: object) -> SpecPath:
    """The leaf whose value is the longest part of the refused one."""
    text = str(value)
    holders = [(len(str(leaf)), path) for path, leaf in _scalars(runtime, ()) if leaf and str(leaf) in text]
    return max(holders, key=lambda found: found[0], default=(0, ()))[1]


def _scalars(value: object, path: SpecPath) -> Iterator[tuple[SpecPath, object]]:
    parts = list(children(value))
    if not parts:
        yield path, value
    for name, child in parts:
        yield from _scalars(child, (*path, name))
