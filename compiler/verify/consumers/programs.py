"""Each program's own strict loader on the configuration that it is started with.

The program is run as its unit or script runs it, until it has read its configuration: so the flags on its
command line are read too. A file that another configuration names, such as a model's description, is loaded
with the class that programs have for it.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from compiler.artifact import Place
from compiler.formats.json import Json
from compiler.formats.script import Script
from compiler.formats.unit import Unit
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.consumers import interpreter
from compiler.verify.consumers.json import line_of
from compiler.verify.site import Site

_HARNESS = Path(__file__).with_name("load_programs.py")
_FIELD = re.compile(r": ([\w.\[\]-]+): ")


@dataclass(frozen=True, slots=True)
class Command:
    """How a program is started, and the line of the output that says so."""

    source: str
    line: int
    program: str
    words: tuple[str, ...]
    config: str
    """The file of ours among the words; empty without."""


def subjects(site: Site) -> Iterator[Subject]:
    """Each host with programs that are given a configuration."""
    for place, _ in site.hosts():
        started = list(commands(site, place))
        if started:
            files = site.files(place)
            programs = [path for path in files if path.startswith(f"{site.runtime.layout.lib}/")]
            paths = dict.fromkeys([*(one.source for one in started), *_described(site, place), *programs])
            facts = (interpreter.named(site, place), _HARNESS.read_text("utf-8"))
            yield Subject(place, tuple(paths), facts)


def commands(site: Site, place: Place) -> Iterator[Command]:
    """Every command line of a host that starts a program of ours with a configuration."""
    described = _described(site, place)
    for path, line, text in _lines(site, place):
        try:
            words = [word.lstrip("+-:!@") if at == 0 else word for at, word in enumerate(shlex.split(text))]
        except ValueError:
            continue  # shellcheck or systemd says so
        ours = [at for at, word in enumerate(words) if word.endswith(".py") and word in site.files(place)]
        if ours:
            program, given = words[ours[0]], words[ours[0] + 1 :]
            config = next((word for word in given if word in described), "")
            if config:
                yield Command(path, line, program, tuple(given), config)


def _lines(site: Site, place: Place) -> Iterator[tuple[str, int, str]]:
    for path, one in site.files(place).items():
        content = one.planned.artifact.content
        if isinstance(content, Unit | Script):
            for number, line in enumerate(one.data.decode().splitlines(), start=1):
                if isinstance(content, Unit) and line.startswith("Exec"):
                    yield path, number, line.partition("=")[2].replace("%%", "%").replace("$$", "$")
                elif isinstance(content, Script) and line.startswith("exec "):
                    yield path, number, line.removeprefix("exec ").removesuffix(' "$@"')


def _described(site: Site, place: Place) -> list[str]:
    """Every JSON file of a host that a program reads: all but those for people."""
    return [
        path
        for path, one in site.files(place).items()
        if isinstance(one.planned.artifact.content, Json) and one.planned.artifact.root != "person"
    ]


def load(site: Site, subject: Subject) -> Iterator[Found]:
    """What a program would say, and start no more."""
    started = list(commands(site, subject.place))
    asked = {
        "folder": site.runtime.layout.lib.lstrip("/"),
        "commands": [_asked(site, subject.place, one) for one in started],
        "others": [
            path.lstrip("/")
            for path in _described(site, subject.place)
            if path not in {one.config for one in started}
        ],
    }
    done = interpreter.run(site, subject.place, _HARNESS.read_text("utf-8"), json.dumps(asked))
    if done.code:
        raise Unable(f"the programs cannot be loaded: {done.err.strip().splitlines()[-1:]}")
    for line in done.out.splitlines():
        yield _found(site, subject.place, started, json.loads(line))


def _asked(site: Site, place: Place, one: Command) -> dict[str, object]:
    """Its words, with the configuration where this machine has it."""
    here = site.files(place)
    words = [word.lstrip("/") if word in here else word for word in one.words]
    return {"source": one.source, "program": one.program.lstrip("/"), "words": words}


def _found(site: Site, place: Place, started: list[Command], told: dict[str, str]) -> Found:
    path, message = "/" + told["path"].lstrip("/"), told["message"]
    program = PurePosixPath(told["program"]).name
    if path in {one.source for one in started}:
        line = next(one.line for one in started if one.source == path and one.program.endswith(program))
        return Found(path, line, f"{program}: {message}")
    field = _FIELD.search(message)
    line, token = line_of(site.text(place, path), field[1]) if field else (0, "")
    said = message.replace(told["path"], path)
    return Found(path, line, f"{program}: {said}" if program else said, token)


CHECKS = (Check("loaders", "DN424", (), subjects, load),)
