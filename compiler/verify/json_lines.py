"""Where the parts of a JSON file stand, for checks that know a part by its path and not by its line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import yaml

Key = str | int
At = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Lines:
    """The first line of each part of a file by its path, from 1, and every key that stands there twice."""

    of: dict[At, int] = field(default_factory=dict)
    twice: tuple[At, ...] = ()

    def nearest(self, path: Sequence[Key]) -> int:
        """The line of a part, or of the nearest part around it where it is missing; 0 for none at all."""
        whole = tuple(path)
        return next((self.of[whole[:end]] for end in range(len(whole), -1, -1) if whole[:end] in self.of), 0)


def lines(text: str) -> Lines:
    """The lines of a JSON text, and none of one that cannot be read; a reader of YAML reads JSON, too."""
    found: dict[At, int] = {}
    twice: list[At] = []
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return Lines()
    for path, line in _parts(root, ()) if root else ():
        if path in found:
            twice.append(path)
        found[path] = line
    return Lines(found, tuple(twice))


def _parts(node: yaml.Node, path: At) -> Iterator[tuple[At, int]]:
    """Every part with its line; that of an entry of an object is the line of its key."""
    if not path:
        yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, str(key.value)), key.start_mark.line + 1
            yield from _parts(value, (*path, str(key.value)))
    if isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield (*path, number), value.start_mark.line + 1
            yield from _parts(value, (*path, number))


def dotted(path: Sequence[Key]) -> str:
    """A path as a person writes it: `apiConfigs.team.id`."""
    return ".".join(map(str, path)) or "the file"
