"""The program behind every installer command; each concern brings its own list of steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.spec.runtime import Runtime
from targets import common


def plan(runtime: Runtime, _: Place) -> Iterator[Artifact]:
    """The program and its modules, on every host."""
    yield from common.programs(runtime, Path(__file__).parent)


TARGET = Target("installers", common.hosts, plan)
