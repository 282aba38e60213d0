"""The host as the installer sees it: its commands, its release, and the shape of every step.

It exists so that all external commands go through one function, which tests replace and which never lets
a command's standard output into a message: for one of the commands that output is a secret.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import Callable, Dict, List, Mapping, Optional, Sequence, Tuple

NOT_FOUND, TIMED_OUT = 127, 124
REASON_LENGTH = 300


class StepError(Exception):
    """A step cannot be done; the text says what to do about it."""


@dataclass(frozen=True)
class Done:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def reason(self) -> str:
        """The last words of the command's complaint, on one line."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        return f"exit {self.code}: {lines[-1].strip()[-REASON_LENGTH:]}" if lines else f"exit {self.code}"


Run = Callable[[Sequence[str], Mapping[str, str], float], Done]
"""Run a command: its words, what to add to the environment, and the seconds that it may take."""


@dataclass(frozen=True)
class System:
    """What the steps need of the host."""

    run: Run
    python: str = "python3"
    os_release: str = "/etc/os-release"
    is_root: bool = True

    def ask(self, *argv: str, seconds: float = 60.0) -> Done:
        """The outcome of a command that changes nothing."""
        return self.run(argv, {}, seconds)

    def do(self, *argv: str, seconds: float = 600.0, env: Optional[Mapping[str, str]] = None) -> None:
        """Run a command that must succeed.

        Raises:
            StepError: it did not.
        """
        done = self.run(argv, env or {}, seconds)
        if done.code:
            raise StepError(f"`{' '.join(argv)}` failed: {done.reason}")


class Step:
    """One thing that an installer sees to: it compares first, and does nothing where nothing differs."""

    def describe(self) -> str:
        """What the step sees to, in a few words."""
        raise NotImplementedError

    def differs(self) -> List[str]:
        """What is not as it should be, in words for a person; empty where there is nothing to do.

        Raises:
            StepError: that cannot be found out, or cannot be put right by this program.
        """
        raise NotImplementedError

    def apply(self) -> None:
        """Put it right.

        Raises:
            StepError: it could not be done.
        """
        raise NotImplementedError


def run_command(argv: Sequence[str], env: Mapping[str, str], seconds: float) -> Done:
    """Run a command with this process's environment, no input, and a umask that lets others read."""
    try:
        done = subprocess.run(
            list(argv),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**os.environ, "LC_ALL": "C", **env},
            umask=0o022,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Done(TIMED_OUT, "", f"it took longer than {seconds:.0f} s")
    except OSError as fault:
        return Done(NOT_FOUND, "", f"{argv[0]}: {fault.strerror or fault}")
    return Done(done.returncode, _text(done.stdout), _text(done.stderr))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def foreign(system: System, wanted: Tuple[str, str], at_least: Mapping[str, str]) -> Optional[str]:
    """Why the configuration is not for this host, or None.

    Args:
        system: the host.
        wanted: its distribution and release, as ID and VERSION_ID of os-release(5).
        at_least: by program, the oldest version that reads the files as they were compiled. A program that is
            not there yet is left to the package step; systemd always is.
    """
    release = _os_release(system.os_release)
    found = (release.get("ID", "?"), release.get("VERSION_ID", "?"))
    if found != wanted:
        return f"this host runs {' '.join(found)} and the configuration is for {' '.join(wanted)}"
    for program, oldest in sorted(at_least.items()):
        version = _version(system, program)
        if _parts(version) < _parts(oldest) and (version or program == "systemd"):
            return f"this host's {program} is {version or 'absent'}; the files are for {oldest} or newer"
    return None


_ASK: Mapping[str, Tuple[str, ...]] = {
    "systemd": ("systemctl", "--version"),
    "python": ("python3", "--version"),
    "nginx": ("nginx", "-v"),
}


def _version(system: System, program: str) -> str:
    done = system.ask(*_ASK[program])
    found = re.search(r"\d+(?:\.\d+)*", done.out + done.err) if done.code == 0 else None
    return found[0] if found else ""


def _parts(version: str) -> Tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part)


def _os_release(path: str) -> Dict[str, str]:
    try:
        with open(path, encoding="utf-8") as stream:
            pairs = [
                line.strip().split("=", 1) for line in stream if "=" in line and not line.startswith("#")
            ]
    except (OSError, UnicodeDecodeError):
        return {}
    return {pair[0]: pair[1].strip("\"'") for pair in pairs}
