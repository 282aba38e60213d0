"""A worker's launch.json, as the engine will get its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from compiler.artifact import Host
from compiler.verify.check import Found, Subject
from compiler.verify.json_lines import Lines, lines
from compiler.verify.site import Site
from targets import common


@dataclass(frozen=True, slots=True)
class Launch:
    """The words, and where they stand."""

    path: str
    words: tuple[str, ...] = ()
    model_directory: str = ""
    _lines: Lines = field(default_factory=Lines)

    def found(self, number: int, message: str, token: str = "", advice: str = "") -> Found:
        """A complaint about one word; about the list as a whole with a number that is none."""
        line = self._lines.nearest(("arguments", number))
        return Found(self.path, line, message, token, advice)


def workers(site: Site) -> Iterator[tuple[Host, str]]:
    """Every worker that has the file, with the file's path."""
    path = common.config_path(site.runtime, "launch")
    for place in common.workers(site.runtime):
        if isinstance(place, Host) and path in site.files(place):
            yield place, path


def read(site: Site, subject: Subject) -> Launch | Found:
    """What stands in the file, or the complaint that nothing can be read there."""
    (path,) = subject.paths
    text = site.text(subject.place, path)
    try:
        value = json.loads(text)
        given = value["arguments"]
    except (ValueError, TypeError, KeyError):
        return Found(path, 0, "there is no list of `arguments` in the file")
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        return Found(
            path, lines(text).nearest(("arguments",)), "`arguments` is no list of texts", "arguments"
        )
    return Launch(path, tuple(given), str(value.get("model_directory", "")), lines(text))
