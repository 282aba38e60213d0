"""The targets, in the order in which they are read: one folder a concern."""

from __future__ import annotations

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
