"""Answers that are kept: by what was asked, of which version, about which bytes.

They lie in the user's cache folder, one small file each; a file that cannot be read is no answer.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from compiler.verify.check import Found


def default_folder() -> Path:
    """Where programs keep what can be made again (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "dncompile" / "verify"


@dataclass(frozen=True, slots=True)
class Cache:
    """Kept answers; none without a folder."""

    folder: Path | None

    def get(self, key: str) -> list[Found] | None:
        """The answer to what was asked before; nothing if it was not."""
        if self.folder is None:
            return None
        try:
            kept = json.loads((self.folder / key[:2] / key).read_bytes())
            return [Found(**one) for one in kept]
        except (OSError, ValueError, TypeError):
            return None

    def put(self, key: str, found: Sequence[Found]) -> None:
        """Keep an answer; a full or foreign disk only costs the time to ask again."""
        if self.folder is None:
            return
        place = self.folder / key[:2] / key
        part = place.with_name(f"{key}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps([asdict(one) for one in found]))
            part.replace(place)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink()
