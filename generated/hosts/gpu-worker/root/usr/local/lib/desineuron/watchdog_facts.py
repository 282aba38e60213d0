"""Gathers one tick's facts, in the order in which they are judged, and no further than they can matter."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, replace
from typing import Optional

import model_manifest
import watchdog_host as host
from hostkit import config, files, talk
from watchdog_decide import observe, wants_probe
from watchdog_engine import Engine
from watchdog_settings import Settings
from watchdog_state import Answer, Facts, Lease, Memory, Unit

LONGEST_LEASE = 24 * 3600.0


@dataclass(frozen=True)
class LeaseFile:
    """The maintenance lease, as whoever works on the host writes it; `until` is seconds since the epoch."""

    holder: str
    until: float


def gather(settings: Settings, token: Optional[str], memory: Memory) -> Facts:
    """Look at everything.

    Raises:
        ConfigError: the model description is wrong.
    """
    facts = _host(settings)
    if facts.unit is None or facts.unit.active != "active" or not facts.mount.ok:
        return facts
    return _served(settings, token, memory, facts, facts.unit)


def _host(settings: Settings) -> Facts:
    description = config.load(model_manifest.Model, settings.model_description)
    now = time.time()
    facts = Facts(
        now=now,
        lease=lease(settings.maintenance_lease, now),
        mount=host.mount(settings.mount),
        model=host.model(description, settings.rehydrate_unit),
        dependencies=host.dependencies(settings.dependencies),
        unit=None,
    )
    try:
        return replace(facts, unit=host.unit(settings.unit))
    except host.Unseen as fault:
        return replace(facts, unit_fault=str(fault))


def _served(settings: Settings, token: Optional[str], memory: Memory, facts: Facts, unit: Unit) -> Facts:
    try:
        address = files.read_env_file(settings.address_file)[settings.address_variable]
    except (config.ConfigError, KeyError):
        told = f"{settings.address_file} does not say where the engine listens"
        return replace(facts, health=Answer(False, told))
    policy = settings.policy
    engine = Engine(f"http://{address}:{settings.port}", token, policy.probe_timeout_seconds)
    facts = replace(facts, health=engine.health())
    if facts.health is None or not facts.health.ok:
        return facts
    facts = replace(
        facts,
        listed=engine.listed(settings.model_id, settings.context_length),
        gpus=host.gpus(settings.gpus, unit.control_group),
        work=engine.work(),
    )
    seen = observe(facts, memory)
    if facts.listed is None or facts.listed.fault is not None:
        return facts
    if not wants_probe(facts.now, unit, facts.work, seen, policy):
        return facts
    probe = engine.complete(settings.model_id, policy.deep_probe_timeout_seconds)
    return replace(facts, probe=probe, work_after_probe=None if probe.ok else engine.work())


def lease(path: str, now: float) -> Optional[Lease]:
    """The lease, when there is one that can be believed: one without an end would switch the watchdog off."""
    if not os.path.lexists(path):
        return None
    try:
        found = config.load(LeaseFile, path)
    except config.ConfigError as fault:
        talk.warning(f"the maintenance lease is ignored: {fault}")
        return None
    if found.until > now + LONGEST_LEASE:
        talk.warning(f"{path}: the maintenance lease is ignored: it ends in more than a day")
        return None
    return Lease(found.holder, found.until)
