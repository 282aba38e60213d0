"""The small library that the shipped programs share: strict configuration, atomic files, bounded HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compiler.artifact import Artifact, Place, Target
from compiler.formats.verbatim import Verbatim
from compiler.spec.runtime import Runtime
from targets import common

_LIBRARY = Path(__file__).parent / "programs" / "hostkit"
_SHARED = ("config", "files", "talk")
_OF_ROLE = {"control-plane": ("web",), "gpu": ("web",), "ingress": ("commands",)}


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """The modules that the host's programs import, beside the programs; link holds this list to them."""
    role = runtime.hosts[common.name_of(place)].role
    for name in ("__init__", *_SHARED, *_OF_ROLE[role]):
        yield Artifact(f"{runtime.layout.lib}/hostkit/{name}.py", Verbatim(_LIBRARY / f"{name}.py"))


TARGET = Target("hostkit", common.hosts, plan)
