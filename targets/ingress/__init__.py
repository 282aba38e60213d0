"""The ingress: nginx for the public routes, and the receiving end of route-sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

from compiler.artifact import Artifact, Place, Target
from compiler.spec.hosts import Ingress
from compiler.spec.runtime import Runtime
from targets import common
from targets.common import install
from targets.ingress import applier, certificates, logs, proxy
from targets.ingress.rules import RULES


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """Everything that makes a host an ingress."""
    host = cast(Ingress, runtime.hosts[common.name_of(place)])
    yield from proxy.artifacts(runtime, host)
    yield from common.programs(runtime, Path(__file__).parent)
    yield from certificates.artifacts(runtime)
    yield from applier.artifacts(runtime, host)
    yield from install.artifacts(runtime, host, applier.installer(runtime))


TARGET = Target("ingress", common.ingresses, plan, (*RULES, *logs.RULES))
