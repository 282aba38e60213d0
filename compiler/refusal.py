"""What outputs cannot bear, said at the leaf of the spec that it comes from."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Diagnostic
from compiler.formats.safe import Unsafe
from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath

_NOTES = ("why", "assumed", "waive")


def refusal(error: Unsafe, runtime: Node, output: str) -> Diagnostic:
    """A format's refusal of a value; `output` says where the value would have stood."""
    return Diagnostic(
        "DN110",
        str(error),
        path=_holder(runtime, error.value),
        reason=f"it would stand in {output}, whose format has no way to write it",
        help="leave the character out",
    )


def _holder(runtime: Node, value: object) -> SpecPath:
    """The leaf that has the refused value, or else the longest part of it."""
    return min(_holders(runtime, (str(value),)), default=(0, 0, ()), key=lambda one: one[:2])[2]


def namers(runtime: Node, path: str) -> list[SpecPath]:
    """The leaves that a path in an output is named after: all that have the same text, the likeliest one.

    It is the whole path, or else the name of the file, without its ending if need be, or a part of that.
    """
    name = path.rpartition("/")[2]
    stem, _, _ = name.rpartition(".")
    found = sorted(_holders(runtime, (f"/{path.partition('/root/')[2]}", name, stem or name)))
    return [place for *rank, place in found if rank == [*found[0][:2]]]


def _holders(runtime: Node, texts: tuple[str, ...]) -> Iterator[tuple[int, int, SpecPath]]:
    """Leaves with one of the texts, or else with a part of the last: the best first, and the longest part."""
    for path, leaf in _scalars(runtime, ()):
        text = str(leaf)
        if text in texts:
            yield texts.index(text), 0, path
        elif text and text in texts[-1]:
            yield len(texts), -len(text), path


def _scalars(value: object, path: SpecPath) -> Iterator[tuple[SpecPath, object]]:
    parts = [(name, child) for name, child in children(value) if name not in _NOTES]
    if not parts:
        yield path, value
    for name, child in parts:
        yield from _scalars(child, (*path, name))
