"""The whole answer of a verify, kept: nothing is compiled when nothing changed.

Only an answer without a finding is kept. It holds while the spec, the files that it names, the compiler and
every program that was asked are the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from compiler.verify.tools import Tools, digest

_SOURCES = ("compiler", "targets")
_HERE = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Whole:
    """Where whole answers are kept, and for what.

    Attributes:
        folder: the cache's.
        spec: the spec's path.
        asked: the options that change the answer.
        tools: the programs that are there.
    """

    folder: Path
    spec: Path
    asked: tuple[str, ...]
    tools: Tools

    def get(self) -> str | None:
        """What was said before, if it still holds."""
        try:
            kept = json.loads(self._place().read_bytes())
            same = all(self._of_file(name) == known for name, known in kept["files"].items())
            same = same and all(self.tools.identity(name) == known for name, known in kept["tools"].items())
            return str(kept["said"]) if same else None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, said: str, files: Iterable[str], tools: Iterable[str]) -> None:
        """Keep what was said, with the files that the spec names and the programs that were asked."""
        kept: Mapping[str, object] = {
            "said": said,
            "files": {name: self._of_file(name) for name in sorted(set(files))},
            "tools": {name: self.tools.identity(name) for name in sorted(set(tools))},
        }
        try:
            place = self._place()
            place.parent.mkdir(parents=True, exist_ok=True)
            part = place.with_name(f"{place.name}.{os.getpid()}")
            part.write_text(json.dumps(kept))
            part.replace(place)
        except OSError:
            return

    def _place(self) -> Path:
        about = [str(self.spec.resolve()), str(self.tools.roots), *self.asked, *_compiler()]
        return self.folder / "whole" / digest([self.spec.read_bytes(), *about])

    def _of_file(self, name: str) -> str:
        return sha256((self.spec.parent / name).read_bytes()).hexdigest()


def _compiler() -> list[str]:
    """What changes when the compiler does: every file of it, by size and time."""
    found: list[str] = []
    waiting = [_HERE / name for name in _SOURCES]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    if entry.name != "__pycache__":
                        waiting.append(Path(entry.path))
                else:
                    about = entry.stat()
                    found.append(f"{entry.path} {about.st_size} {about.st_mtime_ns}")
    return sorted(found)
