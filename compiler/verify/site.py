"""What was compiled, as the checks see it: places with their files, laid out as on a host when asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from compiler.artifact import Host, Place, Target
from compiler.link.findings import Linked
from compiler.link.graph import Scope
from compiler.render import Rendered
from compiler.source.document import Document
from compiler.spec.hosts import Host as HostSpec
from compiler.spec.runtime import Runtime
from compiler.verify.tools import Tools


@dataclass
class Site:
    """One compilation.

    Attributes:
        document: the spec.
        linked: what it describes, and the graphs of all places with every rendered file.
        targets: those that made the files.
        tools: the programs that are there.
        work: a folder of our own, taken away afterwards.
    """

    document: Document
    linked: Linked
    targets: Sequence[Target]
    tools: Tools
    work: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(1_000_000)), repr=False)

    @property
    def runtime(self) -> Runtime:
        """What the spec describes."""
        return self.linked.runtime

    @property
    def scopes(self) -> Mapping[Place, Scope]:
        """The graph of each place."""
        return self.linked.scopes

    def hosts(self) -> Iterator[tuple[Host, HostSpec]]:
        """Every host that has files, with what the spec says of it."""
        for place in self.scopes:
            if isinstance(place, Host):
                yield place, self.runtime.hosts[place.name]

    def files(self, place: Place) -> Mapping[str, Rendered]:
        """The files of a place by path."""
        return self.scopes[place].artifacts

    def text(self, place: Place, path: str) -> str:
        """A file's text."""
        return self.files(place)[path].data.decode()

    def base(self, place: Place) -> Path:
        """The root file system of a host's release, or else this machine's."""
        host = self.runtime.hosts[place.name] if isinstance(place, Host) else None
        return (self.tools.root(host.os) if host else None) or Path("/")

    def folder(self) -> Path:
        """A new empty folder below the site's own."""
        with self._lock:
            made = self.work / str(next(self._numbers))
        made.mkdir()
        return made

    def lay(self, place: Place, folder: Path) -> None:
        """Put the files of a place below a folder, with the modes that they have there; owners are left."""
        for path, one in self.files(place).items():
            lay(folder / path.lstrip("/"), one)


def lay(file: Path, one: Rendered) -> None:
    """Put one file where it belongs."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(one.data)
    file.chmod(one.planned.artifact.mode)
