"""Says what a tick found: JSON for people and programs, and a Prometheus textfile for the alarm."""

from __future__ import annotations

from dataclasses import asdict
from typing import Dict, List

from watchdog_state import Facts, Memory, State, Verdict

VERSION = 1


def report(unit: str, facts: Facts, verdict: Verdict, memory: Memory) -> Dict[str, object]:
    """The report's JSON; it holds no secret, since no fact does."""
    return {
        "version": VERSION,
        "unit": unit,
        "state": verdict.state.label,
        "exit": int(verdict.state),
        "action": verdict.action.value,
        "reason": verdict.reason,
        "time": facts.now,
        "failures": memory.failures,
        "restarts_last_hour": len(memory.restarts),
        "attempts_since_healthy": memory.attempts,
        "facts": asdict(facts),
    }


def metrics(unit: str, facts: Facts, verdict: Verdict, memory: Memory) -> bytes:
    """The textfile (Prometheus exposition format 0.0.4)."""
    label = f'unit="{_escaped(unit)}"'
    lines = ["# HELP watchdog_state 1 for the state that the last tick found.", "# TYPE watchdog_state gauge"]
    lines += [
        f'watchdog_state{{{label},state="{state.label}"}} {int(state is verdict.state)}' for state in State
    ]
    gpus, work = facts.gpus, facts.work
    lines += _gauge("exit_code", "Exit code of the last tick; 0 is healthy.", label, int(verdict.state))
    lines += _gauge("last_tick_seconds", "When the last tick was, since the epoch.", label, facts.now)
    lines += _gauge("failures", "Failures in a row.", label, memory.failures)
    lines += _gauge("restarts_last_hour", "Restarts of the last hour.", label, len(memory.restarts))
    lines += _gauge("attempts", "Restarts since the last healthy pass.", label, memory.attempts)
    if gpus is not None and gpus.fault is None:
        lines += _gauge("gpus_held", "GPUs that the engine holds.", label, gpus.held)
    if work is not None:
        lines += _gauge("requests", "Requests that run or wait.", label, work.requests)
    return ("\n".join(lines) + "\n").encode()


def _gauge(name: str, text: str, label: str, value: float) -> List[str]:
    whole = f"watchdog_{name}"
    return [f"# HELP {whole} {text}", f"# TYPE {whole} gauge", f"{whole}{{{label}}} {value!r}"]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
