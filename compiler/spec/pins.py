"""What a hash-locked list of requirements pins, as pip reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping

# A name, perhaps with extras, and one exact version or the address of one file (PEP 508).
_PIN = re.compile(
    r"^[ \t]*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)[ \t]*(?:\[[^\]\n]*\])?"
    r"[ \t]*(?:==[ \t]*([^\s;\\]+)|@[ \t]*\S+)",
    re.MULTILINE,
)


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lock: bytes) -> Mapping[str, str]:
    """The version of each distribution by its normalised name; empty where an address takes its place."""
    text = lock.decode("utf-8", errors="replace")
    return {normalised(name): version for name, version in _PIN.findall(text)}
