"""The decision: each question, their order, and each bound by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Optional

import pytest
from watchdog_decide import observe, pause, remember, step, wants_probe
from watchdog_state import (
    Action,
    Answer,
    Facts,
    Gpus,
    Lease,
    Listed,
    Memory,
    Model,
    State,
    Verdict,
    Work,
)

from tests.programs.watchdog_values import ALMOST, DOWN, EMPTY, HEALTHY_MEMORY, HUNG, POLICY, T0, UNIT, WELL


def verdict(facts: Facts, memory: Memory = ALMOST) -> Verdict:
    return step(facts, memory, POLICY).verdict


@pytest.mark.parametrize(
    ("changes", "state", "action"),
    [
        ({}, State.HEALTHY, Action.NONE),
        ({"mount": Answer(False, "x")}, State.NO_MOUNT, Action.NONE),
        ({"model": EMPTY}, State.REHYDRATING, Action.REHYDRATE),
        ({"model": replace(EMPTY, rehydrating=True)}, State.REHYDRATING, Action.NONE),
        ({"model": replace(EMPTY, restorable=False)}, State.MODEL_MISSING, Action.NONE),
        ({"model": Model("unverified", "x", False, False)}, State.HEALTHY, Action.NONE),
        ({"dependencies": Answer(False, "x")}, State.DEPENDENCY_MISSING, Action.NONE),
        ({"unit": None}, State.BLIND, Action.NONE),
        ({"unit": replace(UNIT, active="activating", sub="start-pre")}, State.LOADING, Action.NONE),
        ({"unit": replace(UNIT, active="failed")}, State.RESTARTING, Action.START),
        ({"unit": replace(UNIT, active="inactive")}, State.RESTARTING, Action.START),
        ({"unit": replace(UNIT, active="inactive", file="disabled")}, State.STOPPED, Action.NONE),
        ({"unit": replace(UNIT, active="inactive", load="not-found")}, State.STOPPED, Action.NONE),
        ({"health": Answer(False, "x")}, State.RESTARTING, Action.RESTART),
        ({"health": None}, State.RESTARTING, Action.RESTART),
        ({"listed": Listed("m", 1, {}, "status 500")}, State.RESTARTING, Action.RESTART),
        ({"listed": Listed("m", 1, {}, "status 401", True)}, State.WRONG_TOKEN, Action.NONE),
        ({"listed": Listed("m", 1, {"other": 1})}, State.WRONG_MODEL, Action.NONE),
        ({"listed": Listed("m", 1, {"m": 2})}, State.WRONG_MODEL, Action.NONE),
        ({"listed": Listed("m", 1, {"m": None})}, State.WRONG_MODEL, Action.NONE),
        ({"gpus": Gpus(4, 0, 0, "no driver")}, State.GPU_MISSING, Action.NONE),
        ({"gpus": Gpus(4, 3, 3)}, State.GPU_MISSING, Action.NONE),
        ({"gpus": Gpus(4, 4, 3)}, State.RESTARTING, Action.RESTART),
        ({"probe": Answer(False, "slow")}, State.RESTARTING, Action.RESTART),
        ({"probe": None}, State.RESTARTING, Action.RESTART),
        ({"probe": None, "work": Work(2, 11)}, State.BUSY, Action.NONE),
        (
            {"probe": Answer(False, "slow"), "work": Work(0, 5), "work_after_probe": Work(1, 6)},
            State.BUSY,
            Action.NONE,
        ),
        (
            {"probe": Answer(False, "slow"), "work": Work(0, 5), "work_after_probe": Work(1, 5)},
            State.RESTARTING,
            Action.RESTART,
        ),
    ],
)
def test_a_question_decides(changes: Any, state: State, action: Action) -> None:
    found = verdict(replace(WELL, **changes))
    assert found[:2] == (state, action)


def test_the_order_is_the_truth_books() -> None:
    """With everything wrong, each repair uncovers the next question."""
    wrong = replace(
        WELL,
        mount=Answer(False, "x"),
        model=replace(EMPTY, restorable=False),
        dependencies=Answer(False, "x"),
        unit=None,
        health=Answer(False, "x"),
        listed=Listed("m", 1, {}),
        gpus=Gpus(4, 3, 3),
        probe=Answer(False, "x"),
    )
    order = []
    for name in ("mount", "model", "dependencies", "unit", "health", "listed", "gpus", "probe"):
        order.append(verdict(wrong, HEALTHY_MEMORY).state)
        wrong = replace(wrong, **{name: getattr(WELL, name)})
    assert order == [
        State.NO_MOUNT,
        State.MODEL_MISSING,
        State.DEPENDENCY_MISSING,
        State.BLIND,
        State.SUSPECT,
        State.WRONG_MODEL,
        State.GPU_MISSING,
        State.SUSPECT,
    ]
    assert verdict(wrong).state is State.HEALTHY


def test_a_lease_stops_every_action_until_it_ends() -> None:
    for facts in (HUNG, replace(WELL, model=EMPTY), DOWN):
        leased = replace(facts, lease=Lease("deploy", T0 + 60))
        assert verdict(leased)[:2] == (State.MAINTENANCE, Action.NONE)
        assert "deploy" in verdict(leased).reason
        assert verdict(replace(leased, lease=Lease("deploy", T0))).action is not Action.NONE


def test_failures_must_be_in_a_row() -> None:
    memory, states = HEALTHY_MEMORY, []
    for number, facts in enumerate([HUNG, HUNG, WELL, HUNG, HUNG, HUNG]):
        found, memory = step(replace(facts, now=T0 + 60 * number), memory, POLICY)
        states.append(found.state)
    assert states[:3] == [State.SUSPECT, State.SUSPECT, State.HEALTHY]
    assert states[3:] == [State.SUSPECT, State.SUSPECT, State.RESTARTING]


def test_budget_pause_and_latch() -> None:
    spent = replace(ALMOST, restarts=(T0 - 3000, T0 - 2000, T0 - 1000, T0 - 500))
    assert verdict(HUNG, spent).state is State.BACKING_OFF
    assert verdict(HUNG, replace(spent, restarts=(T0 - 3601, *spent.restarts[1:]))).state is State.RESTARTING
    paused = replace(ALMOST, attempts=2, attempted_at=T0 - 239)
    assert verdict(HUNG, paused).state is State.BACKING_OFF
    assert verdict(HUNG, replace(paused, attempted_at=T0 - 240)).state is State.RESTARTING
    latched = replace(ALMOST, attempts=4)
    assert verdict(HUNG, latched).state is State.LATCHED
    after = step(WELL, latched, POLICY)
    assert (after.verdict.state, after.memory.attempts) == (State.HEALTHY, 0)


def test_systemds_restarts_are_in_the_budget() -> None:
    facts = replace(HUNG, unit=replace(UNIT, automatic_restarts=4))
    assert verdict(facts).state is State.BACKING_OFF
    seen = observe(facts, ALMOST)
    assert len(seen.restarts) == 4
    assert len(observe(facts, seen).restarts) == 4
    anew = observe(replace(facts, unit=replace(UNIT, automatic_restarts=1)), seen)
    assert len(anew.restarts) == 5
    assert observe(facts, Memory()).restarts == ()


def test_a_clock_that_went_back_frees_nothing() -> None:
    future = replace(ALMOST, restarts=(T0 + 9e6,) * 4, attempted_at=T0 + 9e6)
    assert verdict(HUNG, future).state is State.BACKING_OFF
    later = replace(HUNG, now=T0 + 3700)
    assert (
        verdict(later, remember(HUNG, observe(HUNG, future), verdict(HUNG, future))).state is State.RESTARTING
    )


def test_the_grace_ends_with_the_first_healthy_pass() -> None:
    young = replace(HUNG, unit=replace(UNIT, active_seconds=600))
    assert verdict(young, replace(ALMOST, healthy_invocation="run-0")).state is State.LOADING
    assert verdict(young).state is State.RESTARTING
    old = replace(HUNG, unit=replace(UNIT, active_seconds=1200))
    assert verdict(old, replace(ALMOST, healthy_invocation="run-0")).state is State.RESTARTING


def test_a_scheduler_that_hangs_with_requests_is_no_busy_one() -> None:
    memory, states = HEALTHY_MEMORY, []
    for number in range(8):
        stuck = replace(WELL, now=T0 + 60 * number, probe=None, work=Work(3, 10))
        found, memory = step(stuck, memory, POLICY)
        states.append(found.state)
    assert states[:2] == [State.BUSY, State.BUSY]
    assert State.RESTARTING in states


def test_a_load_that_never_ends_opens_the_latch_by_its_tokens() -> None:
    busy = replace(WELL, probe=None, work=Work(3, 500))
    after = step(busy, replace(HEALTHY_MEMORY, attempts=3, healthy_invocation=""), POLICY)
    assert (after.verdict.state, after.memory.attempts) == (State.BUSY, 0)
    assert after.memory.healthy_invocation == "run-1"


def test_when_a_completion_is_due() -> None:
    def due(work: Optional[Work] = None, invocation: str = "run-1", **changes: Any) -> bool:
        memory = replace(HEALTHY_MEMORY, **changes)
        return wants_probe(T0, replace(UNIT, invocation=invocation), work, memory, POLICY)

    assert not due()
    assert due(probed_at=T0 - 300)
    assert due(probed_at=T0 + 1)
    assert due(failures=1)
    assert due(invocation="run-2")
    assert not due(invocation="run-2", work=Work(1, 0))


def test_rehydration_pauses_grow() -> None:
    facts = replace(WELL, model=EMPTY)
    memory, times = HEALTHY_MEMORY, []
    for minute in range(120):
        found, memory = step(replace(facts, now=T0 + 60 * minute), memory, POLICY)
        if found.action is Action.REHYDRATE:
            times.append(minute)
    assert times == [0, 2, 6, 14, 30, 60, 90]
    assert step(WELL, memory, POLICY).memory.rehydrations == 0


def test_pauses_double_up_to_the_limit() -> None:
    assert [pause(count, POLICY) for count in (0, 1, 2, 3, 5, 9999)] == [0, 120, 240, 480, 1800, 1800]


@pytest.mark.parametrize(
    "changes",
    [
        {"failures_before_restart": 0},
        {"restarts_per_hour": 0},
        {"latch_after_restarts": 0},
        {"load_grace_seconds": 0.0},
        {"deep_probe_interval_seconds": -1.0},
        {"backoff_limit_seconds": 1.0},
    ],
)
def test_refuses_a_policy(changes: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(changes))):
        replace(POLICY, **changes)
