#!/usr/bin/env python3
"""Installs what one concern needs of a host: packages, users, directories, environments, secrets, enabled
units.

It exists so that an installation can be repeated: each step compares first, so a second run says "nothing
to do", and a run that was interrupted is completed by the next. It enables units, and starts them only when
it is told to, so that a host can be made ready before its hour; a run says at its end what does not run yet.
A step that fails does not keep the others from being done, but nothing is started then; the run fails at its
end, with every reason.

    (no option)     make the host as the configuration says
    --start         also start the enabled units that do not run, once everything else is right
    --check         say what would change, change nothing
    --uninstall     disable the units, remove environments and secrets; packages, users and their data stay

Exit codes:
    0   done, or nothing to do
    1   a step failed; the others are done
    2   wrong usage
    3   --check: something would change
    75  another run of this installer is at work
    77  not root
    78  the configuration is wrong, or is not for this host
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import List, NoReturn, Optional, Sequence, Set

from hostkit import config, files, talk
from install_config import Settings
from install_host import Step, StepError, System, foreign, run_command
from install_secrets import NoSecretFile, SecretFile
from install_steps import Directories, Disabled, Enabled, Packages, Started, Users
from install_venv import NoEnvironment, PythonEnvironment

CHANGES, BUSY, NOT_ROOT, CONFIGURATION = 3, 75, 77, 78
VENV_PACKAGE = "python3-venv"  # Debian and Ubuntu leave `python3 -m venv` without pip otherwise


@dataclass
class Report:
    """What a run found and did."""

    changes: List[str] = field(default_factory=list)
    problems: List[str] = field(default_factory=list)
    idle: List[str] = field(default_factory=list)


def main(argv: Sequence[str]) -> int:
    """Install, check or uninstall; see the module's docstring for the exit codes."""
    options = parse(argv)
    return install(options, System(run_command, is_root=os.geteuid() == 0))


def install(options: argparse.Namespace, system: System) -> int:
    """What `main` does, on a given host."""
    try:
        settings = config.load(Settings, options.config)
        if why := foreign(system, (settings.os.id, settings.os.version), settings.at_least):
            return _fail(f"{options.config}: {why}", CONFIGURATION)
        steps = plan(settings, system)
        if options.uninstall:
            steps = removal(settings, system, _shared(options.config))
        started = Started(system, settings.enable)
        if options.check:
            return _tell(settings, look([*steps, started] if options.start else steps), options)
        if not system.is_root:
            return _fail("this changes the host, so it must run as root; --check may run without", NOT_ROOT)
        with files.locked(options.config):
            report = carry_out(steps)
            if options.start and not report.problems:
                carry_out([started], report)
            report.idle = [] if options.uninstall else started.idle()
            return _tell(settings, report, options)
    except config.ConfigError as fault:
        return _fail(str(fault), CONFIGURATION)
    except files.Busy:
        return _fail("another run of this installer is at work; wait for it", BUSY)
    except OSError as fault:
        return _fail(f"{options.config}: {fault.strerror or fault}", CONFIGURATION)


def plan(settings: Settings, system: System) -> List[Step]:
    """The steps of an installation, in the order in which they need each other.

    Packages come after users, directories and units: a package starts its service at once, and the service's
    files name these.
    """
    steps: List[Step] = []
    packages = [*settings.packages, *([VENV_PACKAGE] if settings.environments else [])]
    if settings.sysusers:
        steps.append(Users(system, settings.sysusers))
    if settings.tmpfiles:
        steps.append(Directories(system, settings.tmpfiles))
    if settings.enable:
        steps.append(Enabled(system, settings.enable))
    if packages:
        steps.append(Packages(system, packages))
    steps += [PythonEnvironment(system, one) for one in settings.environments]
    steps += [
        SecretFile(system, one, settings.secret_region, settings.secret_python, settings.secret_program)
        for one in settings.secrets
    ]
    return steps


def removal(settings: Settings, system: System, shared: Set[str]) -> List[Step]:
    """The steps of an uninstallation; what another installer of this host names too stays."""
    steps: List[Step] = [Disabled(system, settings.enable)] if settings.enable else []
    steps += [NoSecretFile(one) for one in settings.secrets if one.file not in shared]
    steps += [NoEnvironment(one) for one in settings.environments if one.path not in shared]
    return steps


def look(steps: Sequence[Step]) -> Report:
    """What would change."""
    report = Report()
    for step in steps:
        try:
            report.changes += step.differs()
        except StepError as fault:
            report.problems.append(f"{step.describe()}: {fault}")
    return report


def carry_out(steps: Sequence[Step], before: Optional[Report] = None) -> Report:
    """Put right what differs, and look again afterwards: a tool's exit code alone proves little.

    Args:
        steps: in the order in which they are taken.
        before: the report of steps that were taken before, to be continued.
    """
    report = before or Report()
    for step in steps:
        try:
            _one(step, report)
        except (StepError, OSError) as fault:
            report.problems.append(f"{step.describe()}: {fault}")
            talk.error(report.problems[-1])
    return report


def _one(step: Step, report: Report) -> None:
    found = step.differs()
    if not found:
        return
    for one in found:
        talk.info(one)
    step.apply()
    still = step.differs()
    if still:
        raise StepError(f"done, and still {'; '.join(still)}")
    report.changes += found
    talk.info(f"done: {step.describe()}")


def _tell(settings: Settings, report: Report, options: argparse.Namespace) -> int:
    """Say what the run came to, and give its exit code."""
    if options.check:
        for line in report.problems:
            talk.error(line)
        for line in report.changes:
            talk.info(f"would change: {line}")
    if report.idle:
        talk.info(_idle(report, options))
    result = _result(report, check=options.check)
    if options.json:
        whole = {"changes": report.changes, "problems": report.problems, "not_started": report.idle}
        talk.emit({"result": result, **whole}, as_json=True)
    else:
        talk.emit({settings.title: result}, as_json=False)
    if report.problems:
        return 1
    return CHANGES if options.check and report.changes else 0


def _result(report: Report, *, check: bool) -> str:
    if report.problems:
        return f"incomplete, {_count(report.problems, 'problem')} named above"
    if not report.changes:
        return "nothing to do"
    changes = _count(report.changes, "change")
    return f"{changes} to make" if check else f"done, {changes}"


def _idle(report: Report, options: argparse.Namespace) -> str:
    """What does not run, and the command that starts it."""
    units = " ".join(report.idle)
    if options.start:
        return f"not started: {units}; put right what is named above, and run this again with --start"
    return f"not started: {units}; run this again with --start, or `systemctl start {units}`"


def _count(found: Sequence[str], what: str) -> str:
    return f"1 {what}" if len(found) == 1 else f"{len(found)} {what}s"


def _shared(path: str) -> Set[str]:
    """Environments and secret files that the other installers of this host name."""
    found: Set[str] = set()
    for other in Path(path).resolve().parent.glob("install-*.json"):
        if other != Path(path).resolve():
            settings = config.load(Settings, str(other))
            found |= {one.path for one in settings.environments} | {one.file for one in settings.secrets}
    return found


def _fail(message: str, code: int) -> int:
    talk.error(message)
    return code


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line; leaves with exit code 2 where it is wrong."""
    parser = talk.parser(__doc__, "Install what one concern needs of this host.")
    parser.add_argument("--config", required=True, metavar="FILE", help="install-<what>.json")
    parser.add_argument(
        "--check", "--dry-run", action="store_true", help="say what would change, change nothing"
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--start", action="store_true", help="also start the enabled units that do not run")
    what.add_argument("--uninstall", action="store_true", help="remove what can be made again")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON")
    return parser.parse_args(argv)


def _stopped(*_: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stopped)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        talk.error("interrupted; run it again and it goes on")
        sys.exit(130)
