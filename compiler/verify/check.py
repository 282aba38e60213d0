"""A check: one consumer, the files that it reads, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compiler.artifact import Place

if TYPE_CHECKING:
    from compiler.verify.site import Site


@dataclass(frozen=True, slots=True)
class Subject:
    """One unit of work: what a check is asked about at once, such as a host's whole tree, or one script.

    `paths` are all files whose bytes, modes or owners may change the answer: with the versions of the tools
    they are the key under which it is kept. `facts` are what else it depends on.
    """

    place: Place
    paths: tuple[str, ...]
    facts: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As it is shown: the place, with the file where it is only one."""
        where = getattr(self.place, "name", "docs")
        return f"{where}:{self.paths[0]}" if len(self.paths) == 1 else where


@dataclass(frozen=True, slots=True)
class Found:
    """A complaint of a consumer: about a line of a file, 0 for the file as a whole.

    `token` is the text in that line that is at fault, where the consumer names it. `at` is the dotted path of
    the spec's field that the output was held against, where that is at fault and no line of the output.
    """

    path: str
    line: int
    message: str
    token: str = ""
    help: str = ""
    at: str = ""


class Unable(Exception):
    """The check could not be made, and why: a missing tool, a missing right, a missing root."""


@dataclass(frozen=True, slots=True)
class Check:
    """One consumer.

    Attributes:
        name: as `--only` takes it and the report shows it: `nginx`, `systemd-verify`.
        code: of its findings.
        tools: programs that must be there, by the names that Tools knows.
        subjects: what it is asked about in a site.
        run: asks it; raises Unable where that is only known then.
        optional: whether `--require-tools` goes past it: an extra of a gigabyte, say.
    """

    name: str
    code: str
    tools: tuple[str, ...]
    subjects: Callable[[Site], Iterable[Subject]]
    run: Callable[[Site, Subject], Iterable[Found]]
    optional: bool = False
