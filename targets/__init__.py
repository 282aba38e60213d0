"""The targets, in the order in which they are read: one folder a concern."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from compiler.artifact import Target
from targets import (
    backend,
    benchmark,
    catalogue,
    handoff,
    hostkit,
    ingress,
    installers,
    policies,
    rehydrate,
    roo,
    route_sync,
    sglang,
    watchdog,
)

TARGETS: tuple[Target, ...] = (
    hostkit.TARGET,
    installers.TARGET,
    ingress.TARGET,
    route_sync.TARGET,
    sglang.TARGET,
    watchdog.TARGET,
    rehydrate.TARGET,
    policies.TARGET,
    roo.TARGET,
    backend.TARGET,
    catalogue.TARGET,
    benchmark.TARGET,
    handoff.TARGET,
)


def check_pages() -> Iterable[Path]:
    """The pages of the targets' own checks (targets/checks.py), without importing these."""
    return sorted(Path(__file__).parent.glob("*/checks/pages/DN*.md"))
