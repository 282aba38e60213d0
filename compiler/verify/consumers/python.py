"""Python: each shipped program for the Python of its host, linted alone and typed together.

A program's folder on a host is one flat place, so only there does it show that every module came along.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from compiler.artifact import Host, Place
from compiler.link.thing import Thing
from compiler.process import Done, run
from compiler.render import Rendered
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.consumers import interpreter
from compiler.verify.consumers.laid import laid, path_of, places
from compiler.verify.site import Site, lay

_AT = re.compile(r"^(\S+?):(\d+):(?:\d+:)? (?:error: )?(.*)$", re.MULTILINE)
_MODULE = re.compile(
    r"(?:stub for module|stubs? for module|module) named \"([\w.]+)\"|analyzing \"([\w.]+)\""
)
# Faults of any program: those of syntax, names that are not there, and what can only be a mistake.
_RULES = "E9,F,PLE,S102,S307,T10"
_OLDEST_TYPED = (3, 10)  # mypy's; a host with an older one is typed as this, and linted as its own
_MACHINES = "3.11"  # of a client's programs: the Python that this compiler itself asks for
_LOCK = threading.Lock()
_ASKING: dict[tuple[str, int], threading.Lock] = {}
_TOLD: dict[tuple[str, int], list[tuple[str, int, str]]] = {}
_COMPILE = """
import sys
for path in sys.stdin.read().split("\\n"):
    try:
        compile(open(path, "rb").read(), path, "exec")
    except SyntaxError as fault:
        print("%s:%d: %s" % (path, fault.lineno or 0, fault.msg))
"""


def version(site: Site, place: Place) -> str:
    """The Python of a place."""
    return site.runtime.hosts[place.name].python if isinstance(place, Host) else _MACHINES


def subjects(site: Site) -> Iterator[Subject]:
    """Each place with programs: all of them, since they import each other."""
    for place in places(site):
        found = [path for path in site.files(place) if path.endswith(".py")]
        if found:
            modules = sorted(thing.name for thing in site.scopes[place].offers if thing.kind == "module")
            facts = (version(site, place), interpreter.named(site, place), *modules)
            yield Subject(place, tuple(found), facts)


def lint(site: Site, subject: Subject) -> Iterator[Found]:
    """What the linter says for this version, and the host's own Python where its release is there."""
    folder = laid(site, subject.place, subject.paths)
    target = "py" + version(site, subject.place).replace(".", "")
    words = ["check", "--isolated", "--no-cache", "--quiet", "--output-format", "concise", "--select", _RULES]
    done = run([str(site.tools.program("ruff")), *words, "--target-version", target, "."], cwd=folder)
    said = [*_lines(done, "ruff"), *_compiled(site, subject)]
    for path, line, message in said:
        yield Found(path_of(subject.place, path), line, message)


def _compiled(site: Site, subject: Subject) -> Iterator[tuple[str, int, str]]:
    if interpreter.named(site, subject.place):
        files = "\n".join(path.lstrip("/") for path in subject.paths)
        yield from _lines(interpreter.run(site, subject.place, _COMPILE, files), "python")


def grouped(site: Site) -> list[Subject]:
    """As `subjects`, one of each group first: then mypy is asked about all groups side by side."""
    groups = _groups(site)
    first = [group.places[0] for group in groups]
    return sorted(subjects(site), key=lambda one: one.place not in first)


def types(site: Site, subject: Subject) -> Iterator[Found]:
    """What does not fit between programs, by their annotations."""
    for path, line, message in _told(site, subject.place):
        own = path_of(subject.place, path)
        name = _MODULE.search(message)
        if own in subject.paths and not (name and _provided(site, subject.place, path, name[1] or name[2])):
            yield Found(own, line, message)


def _told(site: Site, place: Place) -> list[tuple[str, int, str]]:
    """What mypy says of a place's group: asked by the first of its places, and the others wait."""
    number, group = next((at, one) for at, one in enumerate(_groups(site)) if place in one.places)
    key = (str(site.work), number)
    with _LOCK:
        asking = _ASKING.setdefault(key, threading.Lock())
    with asking:
        if key not in _TOLD:
            _TOLD[key] = _mypy(site, group)
    return _TOLD[key]


@dataclass(slots=True)
class _Group:
    """Places whose programs can lie in one tree: of one Python, and the same where their names are."""

    version: str
    places: list[Place] = field(default_factory=list)
    files: dict[str, Rendered] = field(default_factory=dict)


def _groups(site: Site) -> list[_Group]:
    """All places by trees: most programs go to several hosts, and are typed once."""
    found: list[_Group] = []
    for subject in subjects(site):
        own = {path.lstrip("/"): site.files(subject.place)[path] for path in subject.paths}
        python = version(site, subject.place)
        group = next((one for one in found if one.version == python and _agree(one.files, own)), None)
        if group is None:
            group = _Group(python)
            found.append(group)
        group.places.append(subject.place)
        group.files |= own
    return found


def _agree(some: Mapping[str, Rendered], others: Mapping[str, Rendered]) -> bool:
    return all(path not in some or some[path].data == one.data for path, one in others.items())


def _mypy(site: Site, group: _Group) -> list[tuple[str, int, str]]:
    folder = site.folder()
    for path, one in group.files.items():
        lay(folder / path, one)
    asked = max(tuple(map(int, group.version.split("."))), _OLDEST_TYPED)
    words = ["--strict", "--config-file=", "--no-site-packages", "--explicit-package-bases"]
    words += ["--hide-error-context", "--no-error-summary", "--no-color-output", "--no-pretty"]
    words += ["--cache-dir=/dev/null", "--python-version", ".".join(map(str, asked))]
    roots = sorted({str(PurePosixPath(path).parent) for path in _tops(group.files)})
    environment = {"MYPYPATH": ":".join(roots), "PATH": ""}
    done = run([str(site.tools.program("mypy")), *words, *group.files], cwd=folder, environment=environment)
    return _lines(done, "mypy")


def _tops(paths: Iterable[str]) -> Iterator[str]:
    """The modules that lie in no package."""
    paths = list(paths)
    packages = {path.removesuffix("/__init__.py") for path in paths if path.endswith("/__init__.py")}
    yield from (path for path in paths if str(PurePosixPath(path).parent) not in packages)


def _provided(site: Site, place: Place, path: str, module: str) -> bool:
    """Whether an installer brings a module that does not lie among the programs."""
    folder = PurePosixPath(path_of(place, path)).parent
    thing = Thing("module", f"{folder}/{module.replace('.', '/')}")
    return bool(site.scopes[place].providers(thing))


def _lines(done: Done, tool: str) -> list[tuple[str, int, str]]:
    found = [
        (path, int(line), message)
        for path, line, message in _AT.findall(done.out)
        if ": note: " not in f": {message}" and not message.startswith("note: ")
    ]
    if done.code and not found and ": note: " not in done.out:
        raise Unable(
            f"{tool}: {done.said.strip()}" if done.said.strip() else f"{tool} ended with {done.code}"
        )
    return found


CHECKS = (
    Check("python-lint", "DN422", ("ruff",), subjects, lint),
    Check("python-types", "DN423", ("mypy",), grouped, types),
)
