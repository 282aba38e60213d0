"""What the watchdog concludes: pure functions of facts, memory and policy.

It exists apart from all I/O so that a simulator can drive it through years of ticks. The order of the
questions is the truth book's (section 8): mount, model, dependencies, unit, /health, /v1/models, GPUs,
generation. What a restart cannot cure restarts nothing. What it may cure has to fail in consecutive ticks
first, and is bounded by an hourly budget, by growing pauses, and by a latch that only a healthy pass opens.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, NamedTuple, Optional, Tuple

from watchdog_state import Action, Facts, Memory, Policy, State, Unit, Verdict, Work

HOUR = 3600.0
KEPT_RESTARTS = 100
UNWANTED = ("disabled", "masked", "masked-runtime")
PASSING = ("activating", "deactivating", "reloading", "refreshing", "maintenance")
FAILING = (State.SUSPECT, State.BACKING_OFF, State.LATCHED)

Question = Callable[[Facts, Memory, Policy], Optional[Verdict]]


class Step(NamedTuple):
    """A tick's verdict, and the memory for the next."""

    verdict: Verdict
    memory: Memory


def step(facts: Facts, memory: Memory, policy: Policy) -> Step:
    """A whole tick without its I/O."""
    seen = observe(facts, memory)
    verdict = decide(facts, seen, policy)
    return Step(verdict, remember(facts, seen, verdict))


def observe(facts: Facts, memory: Memory) -> Memory:
    """Memory brought up to now: systemd's restarts counted, old ones dropped, no time in the future."""
    now = facts.now
    memory = replace(
        memory,
        restarts=tuple(min(at, now) for at in memory.restarts if at > now - HOUR),
        attempted_at=min(memory.attempted_at, now),
        probed_at=min(memory.probed_at, now),
        progress_at=min(memory.progress_at, now),
        rehydrated_at=min(memory.rehydrated_at, now),
    )
    return _observe_work(facts, _observe_restarts(facts, memory))


def _observe_restarts(facts: Facts, memory: Memory) -> Memory:
    if facts.unit is None:
        return memory
    count, before = facts.unit.automatic_restarts, memory.automatic_restarts
    if before is None:
        before = count
    new = count - before if count >= before else count  # it starts anew at a start by hand, and at ours
    restarts = (memory.restarts + (facts.now,) * min(new, KEPT_RESTARTS))[-KEPT_RESTARTS:]
    return replace(memory, automatic_restarts=count, restarts=restarts)


def _observe_work(facts: Facts, memory: Memory) -> Memory:
    work = facts.work
    if work is None or (work.requests > 0 and work.progress == memory.progress):
        return memory
    return replace(memory, progress=work.progress, progress_at=facts.now)


def wants_probe(now: float, unit: Unit, work: Optional[Work], memory: Memory, policy: Policy) -> bool:
    """Is a completion to be asked for in this tick? Not behind others' requests, which would make it fail."""
    if work is not None and work.requests > 0:
        return False
    unproven = unit.invocation != memory.healthy_invocation or memory.failures > 0
    return unproven or not 0 <= now - memory.probed_at < policy.deep_probe_interval_seconds


def decide(facts: Facts, memory: Memory, policy: Policy) -> Verdict:
    """State, action and reason; `memory` is one that `observe` has brought up to now."""
    found = diagnose(facts, memory, policy)
    if facts.lease is not None and facts.lease.until > facts.now:
        left = facts.lease.until - facts.now
        reason = f"{facts.lease.holder} holds the lease for {left:.0f} s more; meanwhile: {found.reason}"
        return Verdict(State.MAINTENANCE, Action.NONE, reason)
    if found.state is not State.SUSPECT:
        return found
    return _escalate(facts, memory, policy, found.reason)


def diagnose(facts: Facts, memory: Memory, policy: Policy) -> Verdict:
    """The first question that is not answered well; SUSPECT is what a restart may cure, due or not."""
    for question in QUESTIONS:
        found = question(facts, memory, policy)
        if found is not None:
            return found
    note = f", {facts.model.detail}" if facts.model.status == "unverified" else ""
    return Verdict(State.HEALTHY, Action.NONE, f"serving{note}")


def pause(attempts: int, policy: Policy) -> float:
    """Seconds to wait after so many attempts without a healthy pass: doubled each time, up to the limit."""
    if attempts < 1:
        return 0.0
    return min(policy.backoff_initial_seconds * 2.0 ** min(attempts - 1, 60), policy.backoff_limit_seconds)


def remember(facts: Facts, memory: Memory, verdict: Verdict) -> Memory:
    """What the next tick has to know of this one."""
    memory = replace(memory, failures=memory.failures + 1 if verdict.state in FAILING else 0)
    if facts.model.status != "incomplete":
        memory = replace(memory, rehydrations=0)
    if facts.unit is not None and _proven(facts, memory, verdict):
        memory = replace(memory, attempts=0, healthy_invocation=facts.unit.invocation)
    if facts.probe is not None and facts.probe.ok:
        memory = replace(memory, probed_at=facts.now)
    if verdict.action is Action.REHYDRATE:
        return replace(memory, rehydrations=memory.rehydrations + 1, rehydrated_at=facts.now)
    if verdict.action in (Action.START, Action.RESTART):
        restarts = (*memory.restarts, facts.now)[-KEPT_RESTARTS:]
        return replace(memory, restarts=restarts, attempts=memory.attempts + 1, attempted_at=facts.now)
    return memory


def _proven(facts: Facts, memory: Memory, verdict: Verdict) -> bool:
    """A healthy pass; under a load that never ends, tokens that move are one."""
    moved = memory.progress_at == facts.now and memory.progress > 0
    return verdict.state is State.HEALTHY or (verdict.state is State.BUSY and moved)


def _escalate(facts: Facts, memory: Memory, policy: Policy, reason: str) -> Verdict:
    failures, limit = memory.failures + 1, policy.failures_before_restart
    if failures < limit:
        return Verdict(State.SUSPECT, Action.NONE, f"{reason} (failure {failures} of {limit})")
    if memory.attempts >= policy.latch_after_restarts:
        told = (
            f"{memory.attempts} restarts did not help: find the cause in the unit's journal, then restart it"
        )
        return Verdict(State.LATCHED, Action.NONE, f"{reason}; {told} by hand")
    if len(memory.restarts) >= policy.restarts_per_hour:
        told = f"{len(memory.restarts)} restarts in the last hour, and {policy.restarts_per_hour} are allowed"
        return Verdict(State.BACKING_OFF, Action.NONE, f"{reason}; {told}")
    wait = memory.attempted_at + pause(memory.attempts, policy) - facts.now
    if wait > 0:
        return Verdict(State.BACKING_OFF, Action.NONE, f"{reason}; the next restart may come in {wait:.0f} s")
    down = facts.unit is not None and facts.unit.active in ("inactive", "failed")
    return Verdict(State.RESTARTING, Action.START if down else Action.RESTART, reason)


def _mount(facts: Facts, _: Memory, __: Policy) -> Optional[Verdict]:
    return None if facts.mount.ok else Verdict(State.NO_MOUNT, Action.NONE, facts.mount.detail)


def _model(facts: Facts, memory: Memory, policy: Policy) -> Optional[Verdict]:
    model = facts.model
    if model.status != "incomplete":
        return None
    if model.rehydrating:
        return Verdict(State.REHYDRATING, Action.NONE, f"the model is being fetched: {model.detail}")
    if not model.restorable:
        return Verdict(State.MODEL_MISSING, Action.NONE, model.detail)
    wait = memory.rehydrated_at + pause(memory.rehydrations, policy) - facts.now
    if wait > 0:
        told = f"{memory.rehydrations} rehydrations did not complete it, the next may come in {wait:.0f} s"
        return Verdict(State.MODEL_MISSING, Action.NONE, f"{model.detail}; {told}")
    return Verdict(State.REHYDRATING, Action.REHYDRATE, model.detail)


def _dependencies(facts: Facts, _: Memory, __: Policy) -> Optional[Verdict]:
    if facts.dependencies.ok:
        return None
    return Verdict(State.DEPENDENCY_MISSING, Action.NONE, facts.dependencies.detail)


def _unit(facts: Facts, memory: Memory, policy: Policy) -> Optional[Verdict]:
    unit = facts.unit
    if unit is None:
        return Verdict(State.BLIND, Action.NONE, facts.unit_fault)
    if unit.active == "active":
        return None
    if unit.active in PASSING:
        return _patient(memory, policy, f"the unit is {unit.active} ({unit.sub})")
    if unit.load != "loaded" or unit.file in UNWANTED:
        what = unit.load if unit.load != "loaded" else unit.file
        return Verdict(
            State.STOPPED, Action.NONE, f"the unit is {unit.active} and {what}: nothing is started"
        )
    return Verdict(State.SUSPECT, Action.NONE, f"the unit is {unit.active} ({unit.sub})")


def _patient(memory: Memory, policy: Policy, reason: str) -> Verdict:
    """Loading, unless it has been restarted so often that it never gets anywhere."""
    if len(memory.restarts) > policy.restarts_per_hour:
        told = f"{len(memory.restarts)} restarts in the last hour: read the unit's journal"
        return Verdict(State.CRASH_LOOP, Action.NONE, f"{reason}; {told}")
    return Verdict(State.LOADING, Action.NONE, reason)


def _unanswered(facts: Facts, memory: Memory, policy: Policy, reason: str) -> Verdict:
    """No answer: no failure while the engine loads and has not been healthy since its start."""
    unit = facts.unit
    fresh = unit is not None and unit.invocation != memory.healthy_invocation
    if unit is not None and fresh and unit.active_seconds < policy.load_grace_seconds:
        grace = f"{unit.active_seconds:.0f} s of {policy.load_grace_seconds:.0f} s to load"
        return _patient(memory, policy, f"{reason} ({grace})")
    return Verdict(State.SUSPECT, Action.NONE, reason)


def _health(facts: Facts, memory: Memory, policy: Policy) -> Optional[Verdict]:
    if facts.health is not None and facts.health.ok:
        return None
    detail = facts.health.detail if facts.health is not None else "not asked"
    return _unanswered(facts, memory, policy, f"/health: {detail}")


def _list(facts: Facts, memory: Memory, policy: Policy) -> Optional[Verdict]:
    listed = facts.listed
    if listed is None or listed.fault is not None:
        detail = "not asked" if listed is None else listed.fault
        if listed is not None and listed.refused:
            return Verdict(State.WRONG_TOKEN, Action.NONE, f"/v1/models: {detail}")
        return _unanswered(facts, memory, policy, f"/v1/models: {detail}")
    if listed.wanted not in listed.found:
        names = ", ".join(sorted(listed.found)) or "nothing"
        return Verdict(State.WRONG_MODEL, Action.NONE, f"{listed.wanted} should be served, and {names} is")
    length = listed.found[listed.wanted]
    if length != listed.wanted_length:
        told = f"a context of {length} tokens instead of {listed.wanted_length}"
        return Verdict(State.WRONG_MODEL, Action.NONE, f"{listed.wanted} is served with {told}")
    return None


def _gpus(facts: Facts, _: Memory, __: Policy) -> Optional[Verdict]:
    gpus = facts.gpus
    if gpus is None or gpus.fault is not None:
        fault = "not asked" if gpus is None else gpus.fault
        return Verdict(State.GPU_MISSING, Action.NONE, f"GPUs: {fault}")
    if gpus.present < gpus.wanted:
        told = f"{gpus.present} of {gpus.wanted} GPUs are there: look for Xid in the kernel's log"
        return Verdict(State.GPU_MISSING, Action.NONE, told)
    if gpus.held < gpus.wanted:
        return Verdict(State.SUSPECT, Action.NONE, f"the engine holds {gpus.held} of {gpus.wanted} GPUs")
    return None


def _generation(facts: Facts, memory: Memory, policy: Policy) -> Optional[Verdict]:
    work, after, probe = facts.work, facts.work_after_probe, facts.probe
    if probe is not None:
        if probe.ok:
            return None
        if work is not None and after is not None and work.progress != after.progress:
            return Verdict(State.BUSY, Action.NONE, f"a completion failed ({probe.detail}), but tokens move")
        return Verdict(State.SUSPECT, Action.NONE, f"no completion: {probe.detail}")
    if work is None or work.requests < 1:
        return _unproven(facts, memory, policy)
    still = facts.now - memory.progress_at
    if still > policy.deep_probe_timeout_seconds:
        told = f"{work.requests} requests and not one token for {still:.0f} s"
        return Verdict(State.SUSPECT, Action.NONE, told)
    return Verdict(State.BUSY, Action.NONE, f"{work.requests} requests are being worked on")


def _unproven(facts: Facts, memory: Memory, policy: Policy) -> Optional[Verdict]:
    if facts.unit is not None and not wants_probe(facts.now, facts.unit, facts.work, memory, policy):
        return None
    return Verdict(State.SUSPECT, Action.NONE, "no completion was asked for, and one was due")


QUESTIONS: Tuple[Question, ...] = (
    _mount,
    _model,
    _dependencies,
    _unit,
    _health,
    _list,
    _gpus,
    _generation,
)
