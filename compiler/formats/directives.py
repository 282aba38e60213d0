"""What an output asks of the program that reads it: its directives, and which releases read them.

The tables are facts about systemd and nginx, made by `tools/directive_versions.py` from what the releases'
own parsers list; `values.json` is kept by hand from the releases' notes. A span is one or more releases that
begin to read something, the last for good and each earlier one for its branch, and after `-` the release that
does so no longer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from compiler.formats.nginx_text import DATA, UNKNOWN, Statement, configuration
from compiler.formats.unit import Unit

_TABLES = Path(__file__).parent / "since"
_SPECIFIER = re.compile(r"%(.)")
_VARIABLE = re.compile(r"\$\{?([a-z0-9_]+)")


class Use(NamedTuple):
    """Something that an output uses, as a message names it; no span where no known release reads it."""

    what: str
    span: str | None


def of_unit(unit: Unit) -> Iterator[Use]:
    """What a unit uses: its directives, and the values, groups and specifiers whose age is known."""
    values = _table("values")["systemd"]
    for part in unit.sections:
        for key, given in part.directives:
            if not key.startswith("X-"):  # systemd leaves these to others
                yield _setting(part.name, key)
            for word in given.split() if key in values else ():
                yield from _valued(f"{key}=", word.lstrip("~-+"), values[key])
            for letter in _SPECIFIER.findall(given.replace("%%", "")) if "%" in given else ():
                yield from _valued("%", letter, values["%"])


@cache
def _setting(section: str, key: str) -> Use:
    return Use(f"{key}= in [{section}]", _table("systemd").get(section, {}).get(key))


def of_nginx(files: Mapping[str, str]) -> Iterator[tuple[str, Use]]:
    """What a host's files of nginx use, each with its path: directives, parameters and variables."""
    for path, one in configuration(files):
        yield from ((path, use) for use in _of_statement(one))


@cache
def _of_statement(one: Statement) -> tuple[Use, ...]:
    values = _table("values")["nginx"].get(one.name)
    variables = _table("nginx")["variables"]
    found = [] if one.block == DATA else [_directive(one.name, one.block)]
    for word in one.parameters:
        if values and one.block != DATA:
            found += _valued(f"{one.name} ", word, values)
        if "$" in word:
            found += [
                Use(f"${name}", variables[name]) for name in _VARIABLE.findall(word) if name in variables
            ]
    return tuple(found)


def _directive(name: str, block: str) -> Use:
    span = _span(_table("nginx")["directives"].get(name, {}), block)
    return Use(name if block.startswith(UNKNOWN) else f"{name} in {block.replace('.if', '’s if')}", span)


def _span(spans: Mapping[str, str], block: str) -> str | None:
    """The span in a block; where the block is unknown, the one of the longest standing."""
    if block.startswith(UNKNOWN):
        fitting = [span for blocks, span in spans.items() if block == UNKNOWN or ".if" in blocks]
        return min(fitting, key=lambda span: version(span.split("-")[0].split()[0]), default=None)
    return next((span for blocks, span in spans.items() if block in blocks.split()), None)


def _valued(before: str, word: str, known: Mapping[str, str]) -> Iterator[Use]:
    for value, span in known.items():
        if word == value or (value[-1] in "=:" and word.startswith(value)):
            yield Use(f"{before}{value}", span)


@cache
def _table(name: str) -> Any:
    import json  # noqa: PLC0415 - paid only when there is something to check

    return json.loads((_TABLES / f"{name}.json").read_text("utf-8"))


@cache
def version(text: str) -> tuple[int, ...]:
    """1.22.1 as numbers."""
    return tuple(int(part) for part in text.split("."))


@cache
def standing(span: str, release: str) -> Literal["read", "too new", "gone"]:
    """Whether a release reads what has this span."""
    begins, _, gone = span.partition("-")
    *branches, last = map(version, begins.split())
    have = version(release)
    if gone and have >= version(gone):
        return "gone"
    branch = any(have[:2] == begin[:2] and have >= begin for begin in branches)
    return "read" if branch or have >= last else "too new"
