"""What targets yield: artifacts, each for one place, and the targets themselves, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from compiler.formats.columns import Columns
from compiler.formats.env import Env
from compiler.formats.json import Json
from compiler.formats.script import Script
from compiler.formats.ssh import AuthorizedKeys, KnownHosts
from compiler.formats.template import Template
from compiler.formats.unit import Unit
from compiler.formats.verbatim import Given, Verbatim
from compiler.rule import Rule
from compiler.spec.runtime import Runtime

Content = Template | Json | Env | Unit | Script | Columns | AuthorizedKeys | KnownHosts | Verbatim | Given
Keep = Literal["owned", "seed", "takes_over"]
Root = Literal["operator", "person"]


@dataclass(frozen=True, slots=True, order=True)
class Host:
    """A host of the spec; its artifacts have absolute paths."""

    name: str

    @property
    def folder(self) -> str:
        """Where the host's tree lies in the bundle."""
        return f"hosts/{self.name}/root"


@dataclass(frozen=True, slots=True, order=True)
class Client:
    """A client of the spec; its artifacts are files in one folder."""

    name: str

    @property
    def folder(self) -> str:
        """Where the client's files lie in the bundle."""
        return f"clients/{self.name}"


@dataclass(frozen=True, slots=True, order=True)
class Docs:
    """Pages for people."""

    @property
    def folder(self) -> str:
        """Where the pages lie in the bundle."""
        return "docs"


Place = Host | Client | Docs


@dataclass(frozen=True, slots=True)
class Artifact:
    """One file: where it goes, what is in it, and who owns it there.

    `keep="seed"` is created where it is absent and never overwritten: a program on the host owns it from
    then on.
    `keep="takes_over"` may replace a file that no generation owned; the old one is kept for a rollback.
    `root` says who uses it, where that is no other output: an operator by hand, or a person who reads it.
    `included_by` is the origin (`https://…`) of a server that is not ours and includes this file.
    """

    path: str
    content: Content
    mode: int = 0o644
    owner: str = "root"
    group: str = "root"
    keep: Keep = "owned"
    root: Root | None = None
    included_by: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One concern: for which places it has something, what, and what its consumer demands of a spec."""

    name: str
    places: Callable[[Runtime], Iterable[Place]]
    plan: Callable[[Runtime, Place], Iterable[Artifact]]
    rules: tuple[Rule, ...] = ()
