"""systemd: every unit of a host at once, and every calendar expression, by the host's own release.

`systemd-analyze verify` ends with 0 on an unknown key and a bad value, so whatever it says is a complaint.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from compiler.artifact import Place
from compiler.formats.unit import Unit
from compiler.verify import cell as cells
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.site import Site

UNITS = "/etc/systemd/system/"
_ANALYZE = "/usr/bin/systemd-analyze"
_PLAIN = {"SYSTEMD_COLORS": "0", "SYSTEMD_LOG_COLOR": "0"}
# An older systemd looks for its control group even here. It may see them and must change none: it would move
# the machine's processes.
_NEEDS_NONE = 250
_WITH_CGROUPS = """
groups=/sys/fs/cgroup
mkdir -p $groups
if mount -t cgroup2 groups $groups 2>/dev/null; then
  mount -o remount,bind,ro $groups || exit 124
fi
exec "$@"
"""
_NO_CGROUPS = "Cannot determine cgroup"
_LIBRARY = re.compile(r"libsystemd-shared-(\d+)")
_AT_LINE = re.compile(r"(/\S+?):(\d+): (.*)")
_WORD = re.compile(r"[\w@.:\\/-]{3,}")
_ABSENT = re.compile(r"Command (\S+) is not executable: No such file or directory$")
# A unit that is only started where a command is there may do without it.
_ASKED_FOR = re.compile(r"^Condition(?:FileIsExecutable|PathExists)=(/\S+)$", re.MULTILINE)
# Systemd tells a cycle, and what comes of a fault, on several lines; they are one complaint.
_GOES_ON = re.compile(
    r"Found (?:dependency on|ordering cycle)|Unable to break cycle|Job \S+ deleted to break"
    r"|[Tt]ransaction .*cyclic|has a bad unit file setting"
)
_CALENDAR = "OnCalendar="


def units(site: Site, place: Place) -> tuple[str, ...]:
    """The paths of a host's units."""
    return tuple(
        path
        for path, one in site.files(place).items()
        if isinstance(one.planned.artifact.content, Unit) and path.startswith(UNITS)
    )


def subjects(site: Site) -> Iterator[Subject]:
    """Each host that has units, with all of them and every file that they run."""
    for place, host in site.hosts():
        own = units(site, place)
        if own:
            run = (path for path in site.files(place) if path.startswith("/usr/") and path not in own)
            facts = (host.os, str(host.systemd), _asked(site, place), *_provided(site, place))
            yield Subject(place, (*own, *run), facts)


def _provided(site: Site, place: Place) -> list[str]:
    """What units need and something provides that only lies on the host itself."""
    scope, own = site.scopes[place], units(site, place)
    needs = {need.thing for path in own for need in scope.needs.get(path, ())}
    asked = {path for one in own for path in _ASKED_FOR.findall(site.text(place, one))}
    found = {f"{one.kind} {one.name}" for one in needs if scope.providers(one)}
    return sorted(found | {f"path {path}" for path in asked})


def verify(site: Site, subject: Subject) -> Iterator[Found]:
    """What systemd says of all units, read together."""
    cell = _cell(site, subject)
    own = units(site, subject.place)
    _bring_units(cell, subject)
    shell = ["/bin/sh", "-c", _WITH_CGROUPS, "sh"] if version(cell.base) < _NEEDS_NONE else []
    done = cell.run(*shell, _ANALYZE, "verify", "--man=no", *own, environment=_PLAIN)
    if _NO_CGROUPS in done.said:
        raise Unable(f"its systemd {version(cell.base)} asks for control groups, and there are none here")
    for said in _complaints(done.said.splitlines(), set(subject.facts)):
        yield _found(site, subject.place, own, said)
    if done.code in (124, 127):
        raise Unable(done.said.strip())


def _cell(site: Site, subject: Subject) -> cells.Cell:
    base = _base(site, subject.place)
    if base is None:
        release, needed, *_ = subject.facts
        have = max(map(version, _bases(site, subject.place)))
        raise Unable(f"{release} has systemd {needed}, and here is only {have or 'none'}")
    return cells.of_host(site, subject.place, base)


def _base(site: Site, place: Place) -> Path | None:
    """The root whose systemd is asked, at least as new as the host's: its release's, where that is there.

    What a newer one takes that the host's does not, the tables of compiler/formats/since know. Who is not
    root has no control groups to show to an old one, and asks a newer.
    """
    needed = next(host.systemd for one, host in site.hosts() if one == place)
    least = needed if os.geteuid() == 0 else max(needed, _NEEDS_NONE)
    return next((base for base in _bases(site, place) if version(base) >= least), None)


def _bases(site: Site, place: Place) -> list[Path]:
    return [site.base(place), Path("/"), *reversed(site.tools.all_roots())]


def _asked(site: Site, place: Place) -> str:
    """What tells one asked systemd from another."""
    base = _base(site, place)
    return f"{base} {version(base)} {site.tools.identity('roots')}" if base else ""


@cache
def version(base: Path) -> int:
    """The systemd below a root, by its library's name; 0 where there is none."""
    analyze = base / _ANALYZE.lstrip("/")
    found = [*base.glob("usr/lib/systemd/lib*"), *base.glob("usr/lib*/*/systemd/lib*")]
    numbers = [int(told[1]) for one in found if (told := _LIBRARY.match(one.name))]
    return max(numbers, default=0) if analyze.exists() else 0


def _bring_units(cell: cells.Cell, subject: Subject) -> None:
    """Stand-ins for units that packages or the image bring: systemd would call them not found."""
    for fact in subject.facts:
        kind, _, name = fact.partition(" ")
        there = [cell.tree / "etc/systemd/system" / name, cell.base / "usr/lib/systemd/system" / name]
        if kind == "unit" and "@" not in name and not any(place.exists() for place in there):
            there[0].write_text(f"[Unit]\nDescription=stand-in\n{_stand_in(name)}")


def _stand_in(name: str) -> str:
    """The least that systemd asks of a unit of this type."""
    stem, _, kind = name.rpartition(".")
    path = re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), stem.replace("-", "/"))
    return {
        "service": "[Service]\nType=oneshot\nExecStart=/bin/true\n",
        "mount": f"[Mount]\nWhat=stand-in\nWhere=/{path}\n",
        "socket": "[Socket]\nListenStream=/run/stand-in\n",
        "timer": "[Timer]\nOnBootSec=1h\n",
        "path": "[Path]\nPathExists=/run/stand-in\n",
    }.get(kind, "")


def _complaints(lines: Sequence[str], provided: set[str]) -> Iterator[str]:
    """Each complaint; none that a command is absent which an installer or a package brings to the host."""
    told = ""
    for line in filter(None, map(str.strip, lines)):
        if told and _GOES_ON.search(line):
            told = f"{told}; {line}"
            continue
        if told:
            yield told
        absent = _ABSENT.search(line)
        told = "" if absent and f"path {absent[1]}" in provided else line
    if told:
        yield told


def _found(site: Site, place: Place, own: Sequence[str], said: str) -> Found:
    at = _AT_LINE.match(said)
    if at and at[1] in own:
        return Found(at[1], int(at[2]), at[3], _token(site.text(place, at[1]), int(at[2])))
    name, _, _ = said.partition(": ")
    path = next((one for one in own if one == UNITS + name or one in said), "") or next(
        (one for one in own if one.removeprefix(UNITS) in said), own[0]
    )
    return Found(path, *_line(site.text(place, path), path, said))


def _token(text: str, line: int) -> str:
    """The value in a line that systemd names."""
    lines = text.splitlines()
    return lines[line - 1].partition("=")[2] if line <= len(lines) else ""


def _line(text: str, path: str, said: str) -> tuple[int, str, str]:
    """The first line that holds a word of a complaint that names none, the message, and the word."""
    name = path.removeprefix(UNITS)
    words = {word.removesuffix("/start").rstrip(".:,") for word in _WORD.findall(said)} - {name, ""}
    for word in sorted(words, key=lambda one: (-len(one), one)):
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.startswith(("#", "Description")) and word in line.partition("=")[2]:
                return number, said, word
    return 1, said, ""


def timers(site: Site) -> Iterator[Subject]:
    """Each unit with a calendar expression."""
    for place, host in site.hosts():
        for path in units(site, place):
            if f"\n{_CALENDAR}" in site.text(place, path):
                yield Subject(place, (path,), (host.os, str(host.systemd), _asked(site, place)))


def calendar(site: Site, subject: Subject) -> Iterator[Found]:
    """The expressions that systemd does not read; when a good one elapses is no matter here."""
    cell = _cell(site, subject)
    (path,) = subject.paths
    for number, line in enumerate(site.text(subject.place, path).splitlines(), start=1):
        expression = line.removeprefix(_CALENDAR)
        if expression and expression != line:
            done = cell.run(_ANALYZE, "calendar", "--", expression)
            if done.code:
                yield Found(path, number, done.err.strip() or done.said.strip(), expression)


CHECKS = (
    Check("systemd-verify", "DN410", ("systemd-analyze", "unshare"), subjects, verify),
    Check("systemd-calendar", "DN412", ("systemd-analyze", "unshare"), timers, calendar),
)
