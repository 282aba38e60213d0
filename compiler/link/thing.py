"""What outputs need and provide: things by kind and name, each with the line that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal[
    "path",  # a file, directory, socket or device
    "mount",  # a file system at a path
    "unit",
    "user",
    "group",
    "package",  # of the distribution
    "command",  # found by PATH
    "module",  # a Python distribution beside the standard library
    "variable",  # of an environment file
    "credential",  # handed to one unit
    "parameter",  # of the secret store
    "keys",  # what lets somebody in, by the home directory that it lies in
    "upstream",  # a group of servers of nginx
    "port",  # bound on this host
    "login",  # USER@HOST, over ssh
    "service",  # a port that some worker binds for others
    "url",  # METHOD-less, as a client writes it
]

EVERYWHERE = frozenset({"login", "service", "url"})
"""Kinds that one host provides and others use."""


class Thing(NamedTuple):
    """Something that one output provides and others use."""

    kind: Kind
    name: str


@dataclass(frozen=True, slots=True)
class Needs:
    """Where an output uses a thing.

    `after` are lists of a unit that only order it: they say nothing of what it reads.
    """

    thing: Thing
    line: int
    word: str
    """The directive or field that says so, for a message: `ExecStart=`."""
    reads: bool = True
    """Whether what provides it is read, so that a change of it matters to who needs it."""


@dataclass(frozen=True, slots=True)
class Offers:
    """Where an output, or what a program of it makes, provides a thing.

    `whole` also provides everything below a path, such as an environment that an installer builds.
    `made_of` are the files that decide what the thing is.
    """

    thing: Thing
    line: int
    whole: bool = False
    made_of: tuple[str, ...] = ()
    shared: bool = False
    """Whether others may provide it too: a directory, but not a port."""
    by: str = ""
    """The daemon that provides it, whose files may say so several times."""


Link = Needs | Offers
