"""Lengths of time that their consumer takes: whole seconds for one, no longer than poll(2) for the next.

What nginx, systemd and the engine do with another one was tried: nginx refuses a session time-out of parts of
a second, and the engine takes its own default for such a keep-alive (srt/environ.py, `EnvInt`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from compiler.spec.units import Duration, Quantity, plain_schema
from compiler.spec.word import shown

_LEAST, _MOST = Duration(1), Duration(Duration.MOST)


@dataclass(frozen=True)
class Within:
    """Beside the type of a length of time: what its consumer takes of it, and why no other.

    `whole` is what it must be a multiple of; with `zero`, it may be nothing as well.
    """

    least: Duration = _LEAST
    most: Duration = _MOST
    whole: Duration = _LEAST
    zero: bool = False

    def parse(self, text: object) -> Duration:
        """A length of time from its text.

        Raises:
            ValueError: none, or one that its consumer refuses, reads otherwise or rounds.
        """
        made = Duration.parse(text) if self.zero else Duration.more_than_nothing(text)
        if made.count % self.whole.count:
            raise ValueError(f"{shown(text)} is no whole number of seconds, and what reads it takes no other")
        if made.count and made < self.least:
            raise ValueError(f"{shown(text)} is too short: nothing is asked and answered within it")
        if made > self.most:
            raise ValueError(f"{shown(text)} is too long: poll(2) waits for {self.most} at most")
        return made

    def advice(self, given: object) -> str:
        """What to write instead: the nearest that is taken; empty for what is no length of time."""
        try:
            made = Duration.parse(given)
        except ValueError:
            return Duration.advice(given)
        rest = made.count % self.whole.count
        near = [Duration(made.count - rest + step) for step in (0, self.whole.count) if rest]
        taken = [f"{one}" for one in near or (self.least, self.most) if self.least <= one <= self.most]
        if near:
            return f"write {' or '.join(taken)}" if taken else ""
        return f"write {taken[0]} or more" if made < self.least else f"write {taken[-1]} at most"

    def __get_pydantic_core_schema__(self, source: type[Quantity], _: GetCoreSchemaHandler) -> CoreSchema:
        return plain_schema(self.parse)

    def __get_pydantic_json_schema__(self, _: CoreSchema, __: GetJsonSchemaHandler) -> JsonSchemaValue:
        plain = Duration.json_schema("" if self.zero else "(?=[0.]*[1-9])")
        return {**plain, "pattern": _whole_seconds(plain["pattern"])} if self.whole.count > 1 else plain


def _whole_seconds(pattern: str) -> str:
    """The pattern for editors without milliseconds and without parts of a second."""
    return pattern.replace("^", r"^(?![0-9]+\.[0-9]*[1-9][0-9]*s)(?![0-9.]+ms)", 1)


_SECOND = Duration(1000)
_POLL = Duration(24 * 86_400_000)  # poll(2) and epoll_wait(2) take milliseconds as an int: 24.8 days

Seconds = Annotated[Duration, Within(_SECOND, whole=_SECOND)]
SecondsOrNone = Annotated[Duration, Within(_SECOND, whole=_SECOND, zero=True)]
Wait = Annotated[Duration, Within(most=_POLL)]
Patience = Annotated[Duration, Within(_SECOND, _POLL)]
