"""A literal fact of the truth book: where an output says it, and a change that would make it false."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from compiler.source.document import Data
from compiler.spec.path import SpecPath
from tests.book import reading
from tests.book.compiling import Outputs


@dataclass(frozen=True)
class Tree:
    """Outputs of the first spec, read by their format; paths are those on the host."""

    outputs: Outputs

    def raw(self, host: str, path: str) -> bytes:
        return self.outputs[f"hosts/{host}/root{path}"]

    def json(self, host: str, name: str) -> Any:
        """One of our programs' configurations."""
        return reading.loads(self.raw(host, f"/etc/desineuron/{name}.json"))

    def unit(self, host: str, name: str) -> reading.Unit:
        return reading.unit(self.raw(host, f"/etc/systemd/system/{name}"))

    def start(self, host: str, name: str, key: str = "ExecStart") -> list[list[str]]:
        """The command lines of a unit."""
        return [shlex.split(line) for line in self.unit(host, name)["Service"][key]]

    def command(self, host: str, path: str) -> list[str]:
        return reading.argv(self.raw(host, path))

    def nginx(self, path: str) -> list[dict[str, Any]]:
        return reading.nginx(self.raw("ingress", f"/etc/nginx/{path}"))

    def client(self, path: str) -> bytes:
        return self.outputs[f"clients/{path}"]

    def flag(self, name: str) -> list[str]:
        """What follows a launch argument, up to the next; a lookup error where it is not given once."""
        words: list[str] = self.json("gpu-worker", "launch")["arguments"]
        (at,) = [number for number, word in enumerate(words) if word == name] or [len(words)]
        rest = words[at + 1 :] if words[at] == name else []
        ends = [number for number, word in enumerate(rest) if word.startswith("--")]
        return rest[: ends[0]] if ends else rest

    def units(self, host: str) -> set[str]:
        """The names of a host's units."""
        folder = f"hosts/{host}/root/etc/systemd/system/"
        return {path.removeprefix(folder) for path in self.outputs if path.startswith(folder)}

    def rows(self, heading: str) -> list[list[str]]:
        return reading.table(self.outputs["docs/hand-off.md"], heading)

    def items(self, heading: str) -> list[str]:
        return reading.items(self.outputs["docs/hand-off.md"], heading)


@dataclass(frozen=True)
class Fact:
    """`read` finds `expected` in the outputs; with the changes of `spoil` it must find something else."""

    section: str
    what: str
    read: Callable[[Tree], object]
    expected: object
    spoil: Mapping[str, Data]

    @property
    def changes(self) -> list[tuple[SpecPath, Data]]:
        """The changes with the paths taken apart; a digit is an index."""
        return [
            (tuple(int(name) if name.isdigit() else name for name in path.split("/")), value)
            for path, value in self.spoil.items()
        ]

    def holds(self, tree: Tree) -> bool:
        """Whether the outputs still say it; an output that is not there any more does not."""
        try:
            return self.read(tree) == self.expected
        except LookupError:
            return False
