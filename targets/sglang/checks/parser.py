"""sglang-parser: the engine's own parser reads the words, where the `sglang` extra is installed.

It needs the whole engine with torch, gigabytes of it, and half a minute to import; so it is optional. The
table of sglang-arguments was read from the same sources (tools/engine_flags.py), and is stricter.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from compiler.process import Done, run
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.site import Site
from compiler.verify.tools import digest
from targets.sglang.checks import launch
from targets.sglang.checks.launch import Launch

_SECONDS = 300.0  # a first import reads gigabytes from the disk
_PARSE = """
import argparse, sys
from sglang.srt.server_args import ServerArgs
parser = argparse.ArgumentParser(prog="engine")
ServerArgs.add_cli_args(parser)
print("asked")
parser.parse_args(sys.argv[1:])
"""
_SAID = re.compile(r"^engine: error: (.*)", re.MULTILINE)
_FLAG = re.compile(r"--[a-z0-9-]+")


def subjects(site: Site) -> Iterator[Subject]:
    """Every worker's words, with the release that is pinned."""
    made = digest([Path(launch.__file__).read_bytes()])
    for place, path in launch.workers(site):
        yield Subject(place, (path,), (site.runtime.engine.version, made))


def parsed(site: Site, subject: Subject) -> Iterator[Found]:
    """What the parser says.

    Raises:
        Unable: another release is installed, or it cannot be imported.
    """
    installed, pinned = metadata.version("sglang"), site.runtime.engine.version
    if installed != pinned:
        raise Unable(f"sglang {installed} is installed, and the spec pins {pinned}")
    given = launch.read(site, subject)
    if isinstance(given, Found):
        yield given
    else:
        yield from complaints(given, ask(sys.executable, given.words))


def ask(python: str, words: tuple[str, ...]) -> Done:
    """Let the parser of an environment read the words; argparse ends with 2 at the first that is wrong."""
    return run([python, "-c", _PARSE, *words], seconds=_SECONDS)


def complaints(given: Launch, done: Done) -> Iterator[Found]:
    """What it said, at the word that it names.

    Raises:
        Unable: it did not come to the words.
    """
    if "asked" not in done.out:
        raise Unable(f"sglang cannot be imported: {_last(done.err)}")
    if done.code:
        said = _SAID.search(done.err)
        message = said[1] if said else _last(done.err)
        number = _number(given.words, message)
        yield given.found(number, message, given.words[number] if number >= 0 else "")


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no word of why"])[-1]


def _number(words: tuple[str, ...], message: str) -> int:
    """The value of the flag that a message names first, or the first word that it names; else none: -1."""
    named = _FLAG.findall(message)
    for number, word in enumerate(words):
        if word in named:
            follows = number + 1 < len(words) and not words[number + 1].startswith("--")
            return number + 1 if follows else number
    return next((number for number, word in enumerate(words) if f" {word}" in f" {message}"), -1)


CHECKS = (Check("sglang-parser", "DN431", ("python:sglang",), subjects, parsed, optional=True),)
