"""Small simulations of what happens on a host, a tick a minute, and the bounds under any trouble."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from watchdog_decide import decide, step
from watchdog_state import Action, Answer, Facts, Gpus, Lease, Listed, Memory, State, Unit, Work

from tests.programs.watchdog_values import DOWN, EMPTY, HUNG, POLICY, T0, UNIT, WELL


class Host:
    """A host that is simulated: what it does to the engine is a function of the minute."""

    def __init__(self, load_minutes: int = 10) -> None:
        self.minute = 0
        self.load_minutes = load_minutes
        self.started: Optional[int] = 0
        self.run = 1
        self.automatic = 0
        self.broken: Callable[[Host, Facts], Facts] = lambda _, facts: facts
        self.actions: List[Action] = []
        self.states: List[State] = []

    def facts(self) -> Facts:
        now = T0 + 60 * self.minute
        if self.started is None:
            return self.broken(self, replace(DOWN, now=now, unit=self.unit("failed", 0)))
        up = self.minute - self.started
        unit = self.unit("active", 60.0 * up)
        if up < self.load_minutes:
            return self.broken(self, replace(HUNG, now=now, unit=unit))
        return self.broken(self, replace(WELL, now=now, unit=unit))

    def unit(self, active: str, seconds: float) -> Unit:
        return replace(
            UNIT,
            active=active,
            invocation=f"run-{self.run}",
            active_seconds=seconds,
            automatic_restarts=self.automatic,
        )

    def go(self, minutes: int) -> None:
        memory = getattr(self, "memory", Memory())
        for _ in range(minutes):
            found, memory = step(self.facts(), memory, POLICY)
            self.states.append(found.state)
            if found.action is not Action.NONE:
                self.actions.append(found.action)
            if found.action in (Action.START, Action.RESTART):
                self.started, self.run, self.automatic = self.minute, self.run + 1, 0
            self.minute += 1
        self.memory = memory


def test_a_long_load_restarts_nothing() -> None:
    host = Host(load_minutes=19)
    host.go(60)
    assert host.actions == []
    assert host.states[:20] == [State.LOADING] * 19 + [State.HEALTHY]


def test_a_crash_loop_ends_in_the_latch() -> None:
    host = Host()

    def crash(this: Host, facts: Facts) -> Facts:
        this.started = None
        return replace(DOWN, now=facts.now, unit=this.unit("failed", 0))

    host.broken = crash
    host.go(240)
    assert host.actions == [Action.START] * 4
    assert host.states[-1] is State.LATCHED


def test_a_loop_that_systemd_keeps_up_is_told() -> None:
    host = Host()

    def crash(this: Host, facts: Facts) -> Facts:
        this.automatic += 1
        return replace(
            HUNG, now=facts.now, unit=replace(this.unit("active", 20), invocation=f"a{this.automatic}")
        )

    host.broken = crash
    host.go(30)
    assert host.actions == []
    assert host.states[-1] is State.CRASH_LOOP


def test_a_wiped_volume_is_one_rehydration_and_one_start() -> None:
    host = Host()
    host.go(20)
    host.started = None

    def wiped(this: Host, facts: Facts) -> Facts:
        if this.minute < 45:
            return replace(facts, model=replace(EMPTY, rehydrating=Action.REHYDRATE in this.actions))
        return facts

    host.broken = wiped
    host.go(60)
    assert host.actions == [Action.REHYDRATE, Action.START]
    assert host.states[-1] is State.HEALTHY


def test_a_long_prefill_is_busy() -> None:
    host = Host()
    host.go(20)
    host.broken = lambda this, facts: replace(facts, probe=None, work=Work(1, float(this.minute)))
    host.go(15)
    assert host.actions == []
    assert set(host.states[20:]) == {State.BUSY}


def test_a_lost_gpu_is_suspect_twice_then_one_restart() -> None:
    host = Host()
    host.go(20)
    host.broken = lambda this, facts: facts if this.run > 1 else replace(facts, gpus=Gpus(4, 4, 3))
    host.go(20)
    assert host.states[20:23] == [State.SUSPECT, State.SUSPECT, State.RESTARTING]
    assert host.actions == [Action.RESTART]
    assert host.states[-1] is State.HEALTHY


@pytest.mark.parametrize(
    "changes",
    [
        {"mount": Answer(False, "x")},
        {"dependencies": Answer(False, "x")},
        {"listed": Listed("m", 1, {"other": 1})},
        {"model": replace(EMPTY, restorable=False)},
    ],
)
def test_what_a_restart_cannot_cure_restarts_nothing(changes: Any) -> None:
    host = Host(load_minutes=0)
    host.broken = lambda _, facts: replace(facts, **changes)
    host.go(300)
    assert host.actions == []


TROUBLE = st.lists(
    st.tuples(st.sampled_from([WELL, HUNG, DOWN, replace(WELL, gpus=Gpus(4, 4, 2))]), st.integers(0, 3)),
    max_size=200,
)


@settings(max_examples=100, deadline=None)
@given(TROUBLE)
def test_the_bounds_hold_whatever_happens(ticks: Any) -> None:
    acted: List[float] = []
    memory, since_healthy, failing = Memory(), 0, 0
    automatic, run = 0, 1
    for minute, (facts, crashes) in enumerate(ticks):
        now, automatic = T0 + 60 * minute, automatic + crashes
        unit = replace(facts.unit, automatic_restarts=automatic, invocation=f"run-{run}")
        found, memory = step(replace(facts, now=now, unit=unit), memory, POLICY)
        failing = failing + 1 if found.state is not State.HEALTHY else 0
        since_healthy = 0 if found.state is State.HEALTHY else since_healthy
        if found.action is not Action.NONE:
            assert failing >= POLICY.failures_before_restart
            assert len([at for at in acted if at > now - 3600]) < POLICY.restarts_per_hour
            since_healthy += 1
            acted.append(now)
            automatic, run = 0, run + 1
        assert since_healthy <= POLICY.latch_after_restarts
        assert decide(replace(facts, now=now, unit=unit, lease=Lease("x", now + 1)), memory, POLICY)[:2] == (
            State.MAINTENANCE,
            Action.NONE,
        )
