"""sglang-arguments: the launch words against the argument table of the pinned release, word by word.

The rules judge what the spec says; this judges what came of it, as argparse would take it apart, and
stricter: argparse completes a beginning, and lets the last of two equal flags win.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.site import Site
from compiler.verify.tools import digest
from targets.sglang.checks import launch
from targets.sglang.checks.launch import Launch
from targets.sglang.flags import Flag, Scalar, spellings, table
from targets.sglang.flags.judge import judge_name, judge_value

_ADDED = {"host": "the bind file", "port": "`port`", "config": "`auth_credential`"}
_NOTHING = frozenset({"", "None", "null", "True", "False"})
_NUMBER = re.compile(r"-(?:\d+|\d*\.\d+)")


@dataclass(frozen=True, slots=True)
class Use:
    """One flag on the command line: the number of its word, and of the words that follow it."""

    number: int
    name: str
    values: tuple[int, ...] = ()
    joined: str | None = None
    """The value behind an equals sign."""


@dataclass
class Judge:
    """Judges one list of words."""

    launch: Launch
    flags: Mapping[str, Flag]
    seen: dict[str, str] = field(default_factory=dict)

    def found(self) -> Iterator[Found]:
        """Everything that is wrong with the words."""
        uses, strays = taken_apart(self.launch.words)
        for number in strays:
            yield self._at(number, "stands before any flag, and belongs to none")
        known = dict(self.flags) | dict(spellings(self.flags))
        for use in uses:
            flag = known.get(use.name)
            yield from self._flag(use, flag) if flag else self._unknown(use)
        for flag in self.flags.values():
            if flag.required and flag.dest not in self.seen:
                yield self.launch.found(
                    -1, f"`{flag.name}` is missing, and the engine does not start", "arguments"
                )

    def _at(self, number: int, said: str) -> Found:
        word = self.launch.words[number]
        return self.launch.found(number, f"`{word}` {said}" if word else f"an empty text {said}", word)

    def _of_use(self, use: Use, message: str, advice: str = "") -> Found:
        """At the value where there is one: a flag's own word is the compiler's, its value is the spec's."""
        number = use.values[0] if use.values else use.number
        return self.launch.found(number, message, self.launch.words[number], advice)

    def _unknown(self, use: Use) -> Iterator[Found]:
        problem = judge_name(self.flags, use.name) if use.name.startswith("--") else None
        message = problem.message if problem else f"there is no flag `{use.name}`"
        yield self._of_use(use, message, problem.help if problem else "")

    def _flag(self, use: Use, flag: Flag) -> Iterator[Found]:
        yield from self._once(use, flag)
        if flag.dest in _ADDED:
            yield self._of_use(use, f"`{use.name}` is added at start, from {_ADDED[flag.dest]}")
            return
        if flag.is_secret:
            yield self._of_use(use, f"`{use.name}` shows a secret to every user who lists processes")
            return
        if flag.deprecated and use.name == flag.name:
            yield self._of_use(use, f"`{use.name}` is deprecated: {flag.deprecated}")
        yield from self._values(use, flag)

    def _once(self, use: Use, flag: Flag) -> Iterator[Found]:
        if flag.dest in self.seen:
            before = self.seen[flag.dest]
            yield self._of_use(use, f"`{use.name}` sets again what `{before}` has set, and the last one wins")
        self.seen[flag.dest] = use.name

    def _values(self, use: Use, flag: Flag) -> Iterator[Found]:
        count = len(use.values) + (use.joined is not None)
        least, most = _counts(flag)
        if count < least:
            yield self._of_use(use, f"`{use.name}` has no value", f"write one behind it: {_kind(flag)}")
        for number in use.values[most - (use.joined is not None) :] if most is not None else ():
            yield self._at(number, f"belongs to no flag: `{use.name}` takes {most or 'no'} value")
        if use.joined is not None and most != 0:
            yield from self._value(use.number, flag, use.joined)
        for number in use.values[:most]:
            yield from self._value(number, flag, self.launch.words[number])

    def _value(self, number: int, flag: Flag, word: str) -> Iterator[Found]:
        problem = judge_value(flag, scalar(flag, word))
        if problem:
            yield self.launch.found(number, problem.message, word, problem.help)
        elif word in _NOTHING:
            yield self._at(
                number, f"is nothing to a person and a text to the engine, as the value of `{flag.name}`"
            )
        elif flag.dest == "served_model_name" and ":" in word:
            yield self._at(number, "has a colon, which is refused after the parser took it")
        elif flag.dest == "model_path" and word != self.launch.model_directory:
            yield self._at(number, "is served, and another directory is waited for: `model_directory`")


def taken_apart(words: tuple[str, ...]) -> tuple[list[Use], list[int]]:
    """The flags in their order, and the numbers of words before the first of them."""
    uses: list[Use] = []
    strays: list[int] = []
    for number, word in enumerate(words):
        if is_flag(word):
            name, joined, value = word.partition("=")
            uses.append(Use(number, name, (), value if joined else None))
        elif uses:
            last = uses[-1]
            uses[-1] = Use(last.number, last.name, (*last.values, number), last.joined)
        else:
            strays.append(number)
    return uses, strays


def is_flag(word: str) -> bool:
    """Whether argparse takes a word for a flag, of whatever name."""
    return word.startswith("-") and word != "-" and " " not in word and not _NUMBER.fullmatch(word)


def scalar(flag: Flag, word: str) -> Scalar:
    """A word as the flag's type, or as the text that it is where it has another."""
    try:
        if flag.type == "int" or (flag.type == "human int" and word.isdecimal()):
            return int(word)
        return float(word) if flag.type == "float" else word
    except ValueError:
        return word


def _counts(flag: Flag) -> tuple[int, int | None]:
    """How many values a flag takes: at least, at most."""
    if flag.type == "switch":
        return 0, 0
    return {"+": (1, None), "*": (0, None), "?": (0, 1)}.get(flag.nargs or "", (1, 1))


def _kind(flag: Flag) -> str:
    return f"one of {', '.join(map(str, flag.choices))}" if flag.choices else f"its type is {flag.type}"


def subjects(site: Site) -> Iterator[Subject]:
    """Every worker's words, with the release that will read them."""
    here = Path(__file__).parent
    version = site.runtime.engine.version
    known = here.parent / "flags" / f"{version}.json"
    own = [here / "launch.py", here.parent / "flags/judge.py", here.parent / "flags/__init__.py"]
    made = digest(one.read_bytes() for one in (*own, known) if one.is_file())
    for place, path in launch.workers(site):
        yield Subject(place, (path,), (version, made))


def judged(site: Site, subject: Subject) -> Iterator[Found]:
    """What the table says of the words.

    Raises:
        Unable: there is no table of this release; a rule says so, too.
    """
    version = site.runtime.engine.version
    flags = table(version)
    if flags is None:
        raise Unable(f"no table of release {version}")
    given = launch.read(site, subject)
    if isinstance(given, Found):
        yield given
    else:
        yield from Judge(given, flags).found()


CHECKS = (Check("sglang-arguments", "DN430", (), subjects, judged),)
