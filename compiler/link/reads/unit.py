"""What a unit file uses and provides (systemd.unit(5), .exec(5), .service(5), .socket(5))."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from compiler.link.reads.env import SEARCHED
from compiler.link.thing import Kind, Link, Needs, Offers, Thing

_UNITS = frozenset(
    [
        "Wants",
        "Requires",
        "Requisite",
        "BindsTo",
        "PartOf",
        "Upholds",
        "OnFailure",
        "OnSuccess",
        "PropagatesReloadTo",
        "After",
        "Before",
        "Conflicts",
        "Also",
        "WantedBy",
        "RequiredBy",
        "UpheldBy",
        "JoinsNamespaceOf",
        "Unit",
        "Service",
        "Sockets",
    ]
)
_ORDERING = frozenset({"After", "Before", "Conflicts"})
_PATHS = frozenset(
    [
        "ReadWritePaths",
        "ReadOnlyPaths",
        "InaccessiblePaths",
        "ExecPaths",
        "NoExecPaths",
        "WorkingDirectory",
        "RootDirectory",
        "EnvironmentFile",
        "AssertPathExists",
        "AssertPathIsDirectory",
        "AssertFileIsExecutable",
        "AssertFileNotEmpty",
    ]
)
_FOLDERS = {
    "StateDirectory": "/var/lib",
    "RuntimeDirectory": "/run",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
    "ConfigurationDirectory": "/etc",
}
_CONDITIONS = frozenset({"ConditionPathExists", "ConditionFileIsExecutable", "ConditionPathIsDirectory"})
_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_STARTS = {".timer": ".service", ".path": ".service", ".socket": ".service"}


@dataclass(frozen=True, slots=True)
class Line:
    """One directive of a unit."""

    number: int
    key: str
    value: str


def directives(text: str) -> Iterator[Line]:
    """Every directive of a unit, with the number of its line."""
    for number, line in enumerate(text.split("\n"), start=1):
        key, equals, value = line.partition("=")
        if equals and not line.startswith(("#", ";", "[")):
            yield Line(number, key, value)


def words(value: str) -> list[str]:
    """The words of a command line, with quotes, backslashes and doubled signs taken back."""
    found = (quoted or bare for quoted, bare in _WORD.findall(value))
    return [re.sub(r"\\(.)", r"\1", word).replace("$$", "$").replace("%%", "%") for word in found]


def links(path: str, text: str) -> Iterator[Link]:
    """What the unit at `path` uses and provides."""
    name = PurePosixPath(path).name
    lines = list(directives(text))
    given = {line.value.lstrip("!|") for line in lines if line.key in _CONDITIONS}
    yield Offers(Thing("unit", name), 1)
    yield from _started(name, lines)
    for line in lines:
        for link in _of(line):
            if not (isinstance(link, Needs) and link.thing.name in given):
                yield link


def _started(name: str, lines: Iterable[Line]) -> Iterator[Link]:
    """A timer, socket or path starts the service of its own name, where it names no other."""
    stem, dot, kind = name.rpartition(".")
    if dot + kind in _STARTS and not any(line.key in ("Unit", "Service") for line in lines):
        template = any(line.key == "Accept" and line.value == "yes" for line in lines)
        wanted = f"{stem}{'@' if template else ''}{_STARTS[dot + kind]}"
        yield Needs(Thing("unit", wanted), 1, "the unit's own name", reads=False)


def _of(line: Line) -> Iterator[Link]:
    if line.key.startswith("Exec"):
        yield from _command(line)
    elif line.key in _LISTED:
        yield from _LISTED[line.key](line)


def _units(line: Line) -> Iterator[Link]:
    reads = line.key not in _ORDERING
    yield from (_needs(line, "unit", word, reads=reads) for word in words(line.value))


def _paths(line: Line) -> Iterator[Link]:
    """A path that may be missing begins with `-`, and says nothing."""
    yield from (_needs(line, "path", word) for word in words(line.value) if word[:1] == "/")


def _each(kind: Kind) -> Callable[[Line], Iterator[Link]]:
    def read(line: Line) -> Iterator[Link]:
        yield from (_needs(line, kind, word) for word in words(line.value))

    return read


def _folders(line: Line) -> Iterator[Link]:
    folders = (f"{_FOLDERS[line.key]}/{word}" for word in words(line.value))
    yield from (Offers(Thing("path", one), line.number, shared=True) for one in folders)


def _credential(line: Line) -> Iterator[Link]:
    name, _, source = line.value.partition(":")
    yield Offers(Thing("credential", name), line.number, shared=True)
    if source.startswith("/"):
        yield _needs(line, "path", source, reads=False)


def _bound(line: Line) -> Iterator[Link]:
    sources = (word.split(":")[0] for word in words(line.value) if word[:1] != "-")
    yield from (_needs(line, "path", one) for one in sources)


def _needs(line: Line, kind: Kind, name: str, *, reads: bool = True) -> Needs:
    return Needs(Thing(kind, name), line.number, f"{line.key}=", reads)


def _command(line: Line) -> Iterator[Link]:
    program, *arguments = words(line.value) or [""]
    yield _needs(line, "path", program.lstrip("@-:+!"))
    yield from (_needs(line, "path", word) for word in arguments if word.startswith("/"))


def _listens(line: Line) -> Iterator[Link]:
    if line.value.startswith("/"):
        yield Offers(Thing("path", line.value), line.number)
    else:
        yield Offers(Thing("port", line.value.rpartition(":")[2]), line.number)


def _environment(line: Line) -> Iterator[Link]:
    for word in words(line.value):
        name, _, value = word.partition("=")
        paths = value.split(":") if name in SEARCHED else [value]
        yield from (_needs(line, "path", one) for one in paths if one.startswith("/"))


_LISTED: Mapping[str, Callable[[Line], Iterator[Link]]] = {
    **dict.fromkeys(_UNITS, _units),
    **dict.fromkeys(_PATHS, _paths),
    **dict.fromkeys(("AssertPathIsMountPoint", "RequiresMountsFor"), _each("mount")),
    **dict.fromkeys(("User", "SocketUser"), _each("user")),
    **dict.fromkeys(("Group", "SocketGroup", "SupplementaryGroups"), _each("group")),
    **dict.fromkeys(("ListenStream", "ListenDatagram", "ListenSequentialPacket", "ListenFIFO"), _listens),
    **dict.fromkeys(_FOLDERS, _folders),
    **dict.fromkeys(("BindPaths", "BindReadOnlyPaths"), _bound),
    "LoadCredential": _credential,
    "Environment": _environment,
}
