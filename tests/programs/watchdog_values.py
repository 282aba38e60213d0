"""A healthy tick's facts, and the troubles that tests put into it."""

from __future__ import annotations

from dataclasses import replace

from watchdog_state import Answer, Facts, Gpus, Listed, Memory, Model, Policy, Unit, Work

T0 = 1_000_000.0
POLICY = Policy(
    load_grace_seconds=1200,
    failures_before_restart=3,
    restarts_per_hour=4,
    latch_after_restarts=4,
    backoff_initial_seconds=120,
    backoff_limit_seconds=1800,
    probe_timeout_seconds=10,
    deep_probe_timeout_seconds=90,
    deep_probe_interval_seconds=300,
)
UNIT = Unit("loaded", "enabled", "active", "running", "run-1", 5000, 0, "/system.slice/x.service")
WELL = Facts(
    now=T0,
    lease=None,
    mount=Answer(True),
    model=Model("complete", "", True, False),
    dependencies=Answer(True),
    unit=UNIT,
    health=Answer(True),
    listed=Listed("m", 4096, {"m": 4096}),
    gpus=Gpus(4, 4, 4),
    work=Work(0, 10),
    probe=Answer(True),
)
HEALTHY_MEMORY = Memory(automatic_restarts=0, healthy_invocation="run-1", probed_at=T0 - 60)
ALMOST = replace(HEALTHY_MEMORY, failures=2)
HUNG = replace(WELL, health=Answer(False, "no whole answer"), listed=None, gpus=None, work=None, probe=None)
EMPTY = Model("incomplete", "no marker", True, False)
DOWN = replace(HUNG, unit=replace(UNIT, active="failed", sub="failed"), health=None)
