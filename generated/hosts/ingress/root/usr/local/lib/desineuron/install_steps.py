"""Steps of an installer that the distribution's own tools carry out: packages, users, directories, units.

Each asks the host first, in the tool's own terms, so that a second run changes nothing: sysusers.d(5),
tmpfiles.d(5), systemctl(1), dpkg-query(1).
"""

from __future__ import annotations

import grp
import os
import pwd
import shlex
import stat
from typing import Callable, Iterator, List, Optional, Sequence, Tuple

from install_host import Step, StepError, System

FOLDERS = "dDvqQe"
PLACES = "fFLC"
NOTHING_MADE = "xXrR"


class Packages(Step):
    """Packages of the distribution."""

    def __init__(self, system: System, names: Sequence[str]) -> None:
        self._system = system
        self._names = sorted(set(names))

    def describe(self) -> str:
        return f"packages: {' '.join(self._names)}"

    def differs(self) -> List[str]:
        return [f"package {name} is not installed" for name in self._missing()]

    def apply(self) -> None:
        quiet = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"}
        wait = ("-o", "DPkg::Lock::Timeout=300")
        self._system.do("apt-get", "-q", *wait, "update", env=quiet)
        names = self._missing()
        command = ("apt-get", "-q", "-y", *wait, "install", "--no-install-recommends", "--", *names)
        self._system.do(*command, seconds=1800.0, env=quiet)

    def _missing(self) -> List[str]:
        # Exits with 1 where it knows one of them not: its output says which it knows.
        form = "-f=${db:Status-Status} ${Package}\\n"
        known = self._system.ask("dpkg-query", "-W", form, "--", *self._names).out.splitlines()
        return [name for name in self._names if f"installed {name}" not in known]


class Users(Step):
    """Users and groups of sysusers.d files."""

    def __init__(self, system: System, files: Sequence[str]) -> None:
        self._system = system
        self._files = files

    def describe(self) -> str:
        return f"users of {' '.join(self._files)}"

    def differs(self) -> List[str]:
        lines = [line for path in self._files for line in _lines(path)]
        return [lack for path, words in lines if (lack := self._lack(path, words))]

    def apply(self) -> None:
        self._system.do("systemd-sysusers", *self._files)

    def _lack(self, path: str, words: Sequence[str]) -> Optional[str]:
        kind, name = words[0].rstrip("!"), words[1]
        if kind == "u":
            return None if self._knows("passwd", name) else f"user {name} does not exist"
        if kind == "g":
            return None if self._knows("group", name) else f"group {name} does not exist"
        if kind == "m":
            return None if self._is_member(name, words[2]) else f"user {name} is not in group {words[2]}"
        raise StepError(f"{path}: lines of type {kind!r} are not known to this installer")

    def _knows(self, database: str, name: str) -> bool:
        return self._system.ask("getent", database, name).code == 0

    def _is_member(self, name: str, group: str) -> bool:
        return group in self._system.ask("id", "-nG", "--", name).out.split()


class Directories(Step):
    """Directories and files of tmpfiles.d files."""

    def __init__(self, system: System, files: Sequence[str]) -> None:
        self._system = system
        self._files = files

    def describe(self) -> str:
        return f"directories of {' '.join(self._files)}"

    def differs(self) -> List[str]:
        lines = [line for path in self._files for line in _lines(path)]
        return [fault for path, words in lines if (fault := _place_fault(path, words))]

    def apply(self) -> None:
        self._system.do("systemd-tmpfiles", "--create", *self._files)


class Enabled(Step):
    """Units that start with the host."""

    def __init__(self, system: System, units: Sequence[str]) -> None:
        self._system = system
        self._units = units

    def describe(self) -> str:
        return f"enabled: {' '.join(self._units)}"

    def differs(self) -> List[str]:
        return [f"{unit} is not enabled" for unit in self._waiting()]

    def apply(self) -> None:
        self._system.do("systemctl", "daemon-reload")
        self._system.do("systemctl", "enable", "--", *self._waiting())

    def _waiting(self) -> List[str]:
        return [unit for unit in self._units if unit_state(self._system, unit) not in {"enabled", "alias"}]


class Started(Step):
    """Units that run now, and not only from the next boot on."""

    def __init__(self, system: System, units: Sequence[str]) -> None:
        self._system = system
        self._units = units

    def describe(self) -> str:
        return f"started: {' '.join(self._units)}"

    def differs(self) -> List[str]:
        return [f"{unit} is not started" for unit in self.idle()]

    def apply(self) -> None:
        self._system.do("systemctl", "daemon-reload")
        self._system.do("systemctl", "start", "--", *self.idle())

    def idle(self) -> List[str]:
        """Those that do not run; what is on its way counts as running."""
        return [unit for unit in self._units if not is_running(self._system, unit)]


class Disabled(Step):
    """Units that neither start with the host nor run."""

    def __init__(self, system: System, units: Sequence[str]) -> None:
        self._system = system
        self._units = units

    def describe(self) -> str:
        return f"disabled and stopped: {' '.join(self._units)}"

    def differs(self) -> List[str]:
        return [f"{unit} is enabled or runs" for unit in self._alive()]

    def apply(self) -> None:
        self._system.do("systemctl", "disable", "--now", "--", *self._alive())

    def _alive(self) -> List[str]:
        return [
            unit
            for unit in self._units
            if unit_state(self._system, unit) in {"enabled", "enabled-runtime", "linked"}
            or is_running(self._system, unit)
        ]


def is_running(system: System, unit: str) -> bool:
    """Is the unit active, or becoming so?"""
    told = system.ask("systemctl", "is-active", "--", unit).out.strip()
    return told in {"active", "activating", "reloading"}


def unit_state(system: System, unit: str) -> str:
    """What systemctl(1) calls the unit's enablement; empty where there is no such unit."""
    return system.ask("systemctl", "is-enabled", "--", unit).out.strip()


def _lines(path: str) -> Iterator[Tuple[str, List[str]]]:
    """The words of each line of a sysusers.d or tmpfiles.d file, with the file's path."""
    try:
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        parsed = [shlex.split(line) for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    except (OSError, ValueError) as fault:
        raise StepError(f"{path} cannot be read: {fault}") from None
    for words in parsed:
        if len(words) < 2 or "%" in words[1]:
            raise StepError(f"{path}: `{' '.join(words)}` is a line that this installer does not understand")
        yield path, words


def _place_fault(path: str, words: Sequence[str]) -> Optional[str]:
    """What is wrong with the place that a line of tmpfiles.d asks for."""
    kind, flags = words[0][0], words[0][1:]
    if kind in NOTHING_MADE or "!" in flags:
        return None
    if kind not in FOLDERS + PLACES + "z":
        raise StepError(f"{path}: lines of type {kind!r} are not known to this installer")
    place = words[1]
    try:
        found = os.lstat(place)
    except OSError:
        return None if kind in "ez" else f"{place} is missing"
    if kind in FOLDERS and not stat.S_ISDIR(found.st_mode):
        return f"{place} is not a directory"
    return None if kind in "LC" else _access_fault(place, found, words)


def _access_fault(place: str, found: os.stat_result, words: Sequence[str]) -> Optional[str]:
    """`-` is for a path that is made, and asks nothing of one that is there (tmpfiles.d(5))."""
    mode, user, group = (*words[2:5], "-", "-", "-")[:3]
    if not mode.startswith((":", "~", "-")) and stat.S_IMODE(found.st_mode) != int(mode, 8):
        return f"{place} has mode {stat.S_IMODE(found.st_mode):04o}"
    if user != "-" and found.st_uid != user_id(user.lstrip(":")):
        return f"{place} does not belong to {user}"
    if group != "-" and found.st_gid != group_id(group.lstrip(":")):
        return f"{place} does not belong to group {group}"
    return None


def user_id(name: str) -> Optional[int]:
    """The number of a user, given by name, number or `-` for root; None for one that does not exist."""
    return _number(name, lambda: pwd.getpwnam(name).pw_uid)


def group_id(name: str) -> Optional[int]:
    """The number of a group, given by name, number or `-` for root; None for one that does not exist."""
    return _number(name, lambda: grp.getgrnam(name).gr_gid)


def _number(name: str, look_up: Callable[[], int]) -> Optional[int]:
    if name == "-":
        return 0
    if name.isdigit():
        return int(name)
    try:
        return look_up()
    except KeyError:
        return None
