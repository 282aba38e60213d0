"""The small library that the shipped programs share: strict configuration, atomic files, bounded HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.verbatim import Verbatim
from compiler.spec.runtime import Runtime
from targets import common

_LIBRARY = Path(__file__).parent / "programs" / "hostkit"


def plan(runtime: Runtime, _: Place) -> Iterator[Artifact]:
    """Every module of the library, beside the programs."""
    for source in sorted(_LIBRARY.glob("*.py")):
        yield Artifact(f"{runtime.layout.lib}/hostkit/{source.name}", Verbatim(source))


TARGET = Target("hostkit", common.hosts, plan)
