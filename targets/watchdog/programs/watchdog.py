#!/usr/bin/env python3
"""One tick of the engine's watchdog; a timer runs it. It sees, decides, remembers, acts and reports.

systemd restarts an engine that exits; this restarts one that hangs, fetches a model that is gone, and says
in every other case what a person has to do. It remembers a restart before it asks for it, so that a crash in
between can only make it more careful.

Exit codes: 0 healthy; 10 loading; 11 busy; 12 suspect; 13 maintenance; 14 restarting; 15 backing off;
16 latched; 17 crash loop; 20 no mount; 21 rehydrating; 22 model missing; 23 dependency missing;
24 GPU missing; 25 wrong model; 26 stopped; 27 wrong token; 28 systemd does not answer;
29 systemd refused the action; 75 another run is at it; 78 the configuration, or the directory of memory or
reports, is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import ContextManager, Dict, List, Sequence

import watchdog_host as host
from hostkit import config, files, talk
from watchdog_decide import Step, step
from watchdog_facts import gather
from watchdog_report import metrics, report
from watchdog_settings import Settings, token
from watchdog_state import Action, Facts, Memory, State, Verdict

BUSY, CONFIGURATION = 75, 78
QUIET = (State.HEALTHY, State.LOADING, State.BUSY, State.MAINTENANCE, State.REHYDRATING)


def main(argv: Sequence[str]) -> int:
    """One tick."""
    options = _options(argv)
    try:
        settings = config.load(Settings, options.config)
        with _alone(settings, options.dry_run):
            if options.reset:
                return _reset(settings)
            return _tick(settings, options)
    except files.Busy:
        talk.error("another run of the watchdog is at it; nothing was done")
        return BUSY
    except config.ConfigError as fault:
        talk.error(str(fault))
    except OSError as fault:
        where = fault.filename or "a file"
        talk.error(f"{where}: {fault.strerror or fault}; do the directories of the configuration exist?")
    return CONFIGURATION


def _alone(settings: Settings, dry_run: bool) -> ContextManager[None]:
    return contextlib.nullcontext() if dry_run else files.locked(f"{settings.memory}.lock")


def _tick(settings: Settings, options: argparse.Namespace) -> int:
    key = token(settings.token_credential)
    memory = recall(settings.memory)
    facts = gather(settings, key, memory)
    verdict, memory = step(facts, memory, settings.policy)
    if not options.dry_run:
        files.write_json(settings.memory, _plain(memory), 0o600)
        verdict = _act(settings, verdict)
        _publish(settings, facts, Step(verdict, memory))
    (talk.info if verdict.state in QUIET else talk.error)(f"{verdict.state.label}: {verdict.reason}")
    told = report(settings.unit, facts, verdict, memory)
    if not options.json:
        told = {name: told[name] for name in ("state", "action", "reason")}
    talk.emit(told, options.json)
    return int(verdict.state)


def recall(path: str) -> Memory:
    """The last tick's memory. A lost one is an empty one: it takes failures in a row to act again."""
    if not os.path.lexists(path):
        return Memory()
    try:
        return config.load(Memory, path)
    except config.ConfigError as fault:
        talk.warning(f"the watchdog's memory is lost, and begins anew: {fault}")
        return Memory()


def _plain(memory: Memory) -> Dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in vars(memory).items()}


def _act(settings: Settings, verdict: Verdict) -> Verdict:
    """Ask systemd, without waiting for the job: a model takes minutes to load or to fetch."""
    words = commands(settings, verdict.action)
    for command in words:
        try:
            host.run(command, host.COMMAND_SECONDS)
        except host.Unseen as fault:
            if command is words[-1]:
                reason = f"systemd refused to {verdict.action.value}: {fault}; because: {verdict.reason}"
                return verdict._replace(state=State.POWERLESS, reason=reason)
    return verdict


def commands(settings: Settings, action: Action) -> List[List[str]]:
    """What carries out an action; all but the last may fail (there may be nothing to reset)."""
    if action is Action.NONE:
        return []
    unit = settings.rehydrate_unit if action is Action.REHYDRATE else settings.unit
    verb = "restart" if action is Action.RESTART else "start"
    return [["systemctl", "reset-failed", unit], ["systemctl", "--no-block", verb, unit]]


def _publish(settings: Settings, facts: Facts, done: Step) -> None:
    files.write_json(settings.report, report(settings.unit, facts, done.verdict, done.memory))
    files.write_atomic(settings.metrics, metrics(settings.unit, facts, done.verdict, done.memory))


def _reset(settings: Settings) -> int:
    files.write_json(settings.memory, _plain(Memory()), 0o600)
    talk.info("the watchdog's memory is empty: latch, budget and pauses are forgotten")
    return 0


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = talk.parser(__doc__, "One tick of the engine's watchdog.")
    parser.add_argument("--config", required=True, metavar="FILE", help="watchdog.json")
    parser.add_argument("--dry-run", action="store_true", help="look and decide, but change nothing")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--reset", action="store_true", help="forget all restarts, which opens the latch")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
