"""The program behind every installer command; each concern brings its own list of steps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.spec.runtime import Runtime
from targets import common
from targets.common.install import FETCHER


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """The program and its modules, on every host; what asks a remote store where a secret comes from one."""
    fetches = any(one.startswith("ssm:") for one in runtime.secrets_on(common.name_of(place)))
    for one in common.programs(runtime, Path(__file__).parent):
        if fetches or not one.path.endswith(FETCHER):
            yield one


TARGET = Target("installers", common.hosts, plan)
