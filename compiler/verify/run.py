"""All checks side by side: what was asked before is not asked again, what is missing is said."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from compiler.verify.cache import Cache
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.site import Site
from compiler.verify.tools import digest

_SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one check of one subject."""

    check: Check
    subject: Subject
    found: tuple[Found, ...] = ()
    kept: bool = False
    unable: str = ""
    """Why it was not made; empty when it was."""


def answers(site: Site, checks: Sequence[Check], kept: Cache) -> list[Answer]:
    """Every check of every subject, in the order of the checks."""
    work = [(check, subject) for check in checks for subject in check.subjects(site)]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda one: _answer(site, one[0], one[1], kept), work))


def _answer(site: Site, check: Check, subject: Subject, kept: Cache) -> Answer:
    missing = site.tools.missing(check.tools)
    if missing:
        return Answer(check, subject, unable=f"{', '.join(missing)} not installed")
    key = digest(_key(site, check, subject))
    before = kept.get(key)
    if before is not None:
        return Answer(check, subject, tuple(before), kept=True)
    try:
        found = tuple(check.run(site, subject))
    except Unable as error:
        return Answer(check, subject, unable=str(error))
    kept.put(key, found)
    return Answer(check, subject, found)


def _key(site: Site, check: Check, subject: Subject) -> Iterator[str | bytes]:
    """Everything that an answer depends on."""
    yield _source(str(Path(inspect.getfile(check.run)).parent))
    yield _source(str(Path(__file__).parent))
    yield from (check.name, subject.place.folder, *subject.facts)
    yield from (site.tools.identity(tool) for tool in check.tools)
    files = site.files(subject.place)
    for path in subject.paths:
        one = files[path]
        yield from (path, oct(one.planned.artifact.mode), one.data)


@cache
def _source(folder: str) -> str:
    """The check itself and what it stands on: an answer of another version of it is none."""
    files = sorted(one for one in Path(folder).iterdir() if one.suffix in (".py", ".sh", ".mjs"))
    return digest(one.read_bytes() for one in files)
