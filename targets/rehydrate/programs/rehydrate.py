#!/usr/bin/env python3
"""Brings the models of this host back from their canonical source, and proves that they are whole.

It exists because instance store is empty after a stop: the model must come back without a person (truth
book, section 8: "if the configured model path is missing, rehydrate from the canonical source"). It
touches nothing unless the model's file system is mounted, never creates the mount point on the root disk,
and downloads nothing that it could not verify.

    run             make each model of the configuration complete
    verify          hash every file again; a damaged model loses its completion marker: `run` repairs it
    manifest DIR    print the manifest of a directory that is known to be good

Exit codes, the worst of all models:
    0   every model is complete
    1   a model is not complete: its source failed, or files are damaged
    2   wrong usage
    3   --dry-run: something would be fetched
    73  there is no place for a model: the file system is not mounted, is another one, or is too small
    75  another run is at work; it holds the lock
    78  the configuration is wrong, or the manifest of a model has not been recorded
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from dataclasses import dataclass
from typing import List, Optional, Sequence

import model_manifest
from hostkit import config, files, talk
from model_fetch import FetchError
from model_shelf import CONFIGURATION, NO_PLACE, IsMount, Settings, Shelf, Trouble
from model_sources import SourceError

BUSY = 75
BY_WEIGHT = (NO_PLACE, 1, CONFIGURATION, 3, 0)


@dataclass(frozen=True)
class Outcome:
    """What became of one model."""

    description: str
    directory: Optional[str]
    state: str
    code: int
    reason: str
    fetched_bytes: int = 0


def main(argv: Sequence[str]) -> int:
    """Run one subcommand; see the module's docstring for the exit codes."""
    options = _options(argv)
    if options.command == "manifest":
        return _print_manifest(options.directory)
    try:
        settings = config.load(Settings, options.config)
        with files.locked(settings.lock):
            outcomes = work(settings, options.command, dry_run=options.dry_run)
    except config.ConfigError as fault:
        return _fail(str(fault), CONFIGURATION)
    except files.Busy:
        return _fail("another run is at work (it holds the lock of the configuration); wait for it", BUSY)
    except OSError as fault:
        return _fail(f"the lock cannot be taken: {fault}", 1)
    if options.json:
        talk.emit({"models": [dataclasses.asdict(one) for one in outcomes]}, as_json=True)
    else:
        talk.emit({one.directory or one.description: one.state for one in outcomes}, as_json=False)
    codes = {one.code for one in outcomes}
    return next((code for code in BY_WEIGHT if code in codes), 0)


def work(
    settings: Settings, command: str, *, dry_run: bool, is_mount: IsMount = os.path.ismount
) -> List[Outcome]:
    """Go over every model of the configuration; the fault of one does not keep the others.

    Args:
        settings: rehydrate.json.
        command: `run` or `verify`.
        dry_run: say what would be done and change nothing.
        is_mount: whether a path is a mount point.
    """
    return [_judged(Shelf(settings, path, is_mount), command, dry_run=dry_run) for path in settings.models]


def _judged(shelf: Shelf, command: str, *, dry_run: bool) -> Outcome:
    try:
        state = shelf.verify(dry_run=dry_run) if command == "verify" else shelf.run(dry_run=dry_run)
        outcome = _outcome(shelf, state, 3 if state.startswith("would") else 0, "")
    except config.ConfigError as fault:
        outcome = _outcome(shelf, "refused", CONFIGURATION, str(fault))
    except Trouble as fault:
        outcome = _outcome(shelf, "refused" if fault.code != 1 else "incomplete", fault.code, str(fault))
    except (SourceError, FetchError) as fault:
        outcome = _outcome(shelf, "incomplete", 1, str(fault))
    except OSError as fault:
        outcome = _outcome(
            shelf, "incomplete", 1, f"{fault.filename or shelf.directory}: {fault.strerror or fault}"
        )
    if outcome.reason:
        talk.error(f"{outcome.directory or outcome.description}: {outcome.state}: {outcome.reason}")
    return outcome


def _outcome(shelf: Shelf, state: str, code: int, reason: str) -> Outcome:
    return Outcome(shelf.description, shelf.directory, state, code, reason, shelf.fetched)


def _print_manifest(directory: str) -> int:
    try:
        manifest = model_manifest.record(directory)
    except (OSError, ValueError) as fault:
        return _fail(f"{directory} cannot be recorded: {fault}", 1)
    print(json.dumps(dataclasses.asdict(manifest), indent=1))
    return 0


def _fail(message: str, code: int) -> int:
    talk.error(message)
    return code


def _options(argv: Sequence[str]) -> argparse.Namespace:
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--config", metavar="FILE", help="rehydrate.json")
    common.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    common.add_argument("--json", action="store_true", help="print the outcome as JSON")
    parser = talk.parser(__doc__, "Keep this host's models complete.", [common])
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands.add_parser("run", parents=[common], help="make every model complete")
    commands.add_parser("verify", parents=[common], help="hash every file again")
    manifest = commands.add_parser("manifest", help="print the manifest of a good directory")
    manifest.add_argument("directory", metavar="DIR")
    options = parser.parse_args(argv, argparse.Namespace(config=None, dry_run=False, json=False))
    if options.command != "manifest" and options.config is None:
        parser.error("--config FILE is needed")
    return options


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
