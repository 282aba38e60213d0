"""Environment files: python-dotenv and systemd must read the same, and just what was meant."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping

from compiler.artifact import Place
from compiler.formats.env import Env
from compiler.verify.check import Check, Found, Subject
from compiler.verify.consumers.laid import places
from compiler.verify.consumers.systemd_env import read
from compiler.verify.site import Site


def subjects(site: Site) -> Iterator[Subject]:
    """Each place with environment files."""
    for place in places(site):
        found = [
            path for path, one in site.files(place).items() if isinstance(one.planned.artifact.content, Env)
        ]
        if found:
            yield Subject(place, tuple(found), tuple(repr(_meant(site, place, path)) for path in found))


def _meant(site: Site, place: Place, path: str) -> dict[str, str]:
    content = site.files(place)[path].planned.artifact.content
    variables = content.variables if isinstance(content, Env) else ()
    return {name: str(value) for name, value in variables}


def compare(site: Site, subject: Subject) -> Iterator[Found]:
    """Each variable that one of the two reads otherwise than it was meant, or at all."""
    for path in subject.paths:
        text = site.text(subject.place, path)
        meant = _meant(site, subject.place, path)
        for reader, values in (("python-dotenv", dotenv(text)), ("systemd", read(text))):
            yield from (Found(path, *one) for one in differences(text, reader, values, meant))


def dotenv(text: str) -> dict[str, str | None]:
    """As python-dotenv reads it in an empty environment; what it says of lines is no matter, nor shown."""
    from dotenv.main import DotEnv  # noqa: PLC0415 - only verify asks it

    logging.getLogger("dotenv.main").addFilter(lambda _: False)
    return dict(DotEnv(None, stream=io.StringIO(text), interpolate=True, override=True).dict())


def differences(
    text: str, reader: str, values: Mapping[str, str | None], meant: Mapping[str, str]
) -> Iterator[tuple[int, str, str]]:
    """Each variable that is read otherwise: its line, what a person is told, and what was meant.

    A quote that is not closed takes all up to the next along: of what is missing only the first is told.
    """
    missing = [name for name in meant if name not in values]
    for name in missing[:1]:
        yield line_of(text, name), f"{reader} reads no variable {name}", meant[name]
    for name, value in values.items():
        if name not in meant:
            yield line_of(text, name), f"{reader} reads a variable {name}, which nobody meant", name
        elif value != meant[name]:
            yield line_of(text, name), f"{reader} reads {name} as {value!r}, not {meant[name]!r}", meant[name]


def line_of(text: str, name: str) -> int:
    """The line that sets a variable, or else names it."""
    lines = text.splitlines()
    setting = [at for at, line in enumerate(lines, start=1) if line.lstrip().startswith(f"{name}=")]
    naming = [at for at, line in enumerate(lines, start=1) if re.search(rf"\b{re.escape(name)}\b", line)]
    return next(iter([*setting, *naming]), 0)


CHECKS = (Check("env", "DN440", ("python:python-dotenv",), subjects, compare),)
