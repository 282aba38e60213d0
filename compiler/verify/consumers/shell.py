"""Shell: shellcheck and shfmt on every script, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.process import run
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.consumers.laid import laid, path_of, places
from compiler.verify.site import Site

_FIRST = re.compile(rb"#! ?/(?:usr/)?bin/(?:env )?(?:sh|bash|dash)\b")
_SHELLCHECK = re.compile(r"(\S+?):(\d+):(\d+): \w+: (.*)")
_FILE = re.compile(r"\+\+\+ (\S+)")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? ")
# As this project's own scripts are laid out (.editorconfig): two blanks.
_LAYOUT = ("-i", "2")
_USUAL = 1  # the exit code of both for "there are complaints"


def subjects(site: Site) -> Iterator[Subject]:
    """Each place with scripts: all of them."""
    for place in places(site):
        found = [path for path, one in site.files(place).items() if _FIRST.match(one.data)]
        if found:
            yield Subject(place, tuple(found))


def shellcheck(site: Site, subject: Subject) -> Iterator[Found]:
    """What is quoted, expanded or compared wrong."""
    said = _said(site, subject, "shellcheck", "--norc", "--format", "gcc", "--")
    for path, line, _, message in _SHELLCHECK.findall(said):
        yield Found(path_of(subject.place, path), int(line), message)


def shfmt(site: Site, subject: Subject) -> Iterator[Found]:
    """Where the layout is not the formatter's, or the text no shell at all."""
    path = ""
    lines = _said(site, subject, "shfmt", *_LAYOUT, "-d", "--").splitlines()
    for at, line in enumerate(lines):
        if named := _FILE.match(line):
            path = path_of(subject.place, named[1])
        elif hunk := _HUNK.match(line):
            yield Found(path, int(hunk[1]) + _first_change(lines[at + 1 :]), "shfmt lays this out otherwise")
        elif broken := re.match(r"(\S+?):(\d+):\d+: (.*)", line):
            yield Found(path_of(subject.place, broken[1]), int(broken[2]), broken[3])


def _first_change(lines: list[str]) -> int:
    """How many lines of context stand before the first change."""
    return next((at for at, line in enumerate(lines) if line[:1] in "+-"), 0)


def _said(site: Site, subject: Subject, tool: str, *words: str) -> str:
    folder = laid(site, subject.place, subject.paths)
    files = [path.lstrip("/") for path in subject.paths]
    done = run([str(site.tools.program(tool)), *words, *files], cwd=folder)
    if done.code > _USUAL:
        raise Unable(done.said.strip() or f"{tool} ended with {done.code}")
    return done.said


CHECKS = (
    Check("shellcheck", "DN420", ("shellcheck",), subjects, shellcheck),
    Check("shfmt", "DN421", ("shfmt",), subjects, shfmt),
)
