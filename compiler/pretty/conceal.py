"""No secret reaches a terminal or a CI log: what may be one is blotted out of messages and excerpts.

Two ways a secret gets into a spec: pasted where a reference belongs (the finding says so), or pasted anywhere
(then it is known by its shape: long, with letters and digits, and no word of a path or a name).
"""

from __future__ import annotations

import re

BLOT = "•••"
_TOKEN = re.compile(r"(?=[A-Za-z0-9+_-]*[0-9])(?=[A-Za-z0-9+_-]*[A-Za-z])[A-Za-z0-9+_-]{24,}={0,2}")


def conceal(text: str) -> str:
    """`text` with everything blotted out that has the shape of a token."""
    return _TOKEN.sub(BLOT, text)


def conceal_from(line: str, column: int) -> str:
    """A line of the spec up to `column` (from 1); what follows is a secret that was pasted there."""
    return line[: column - 1] + BLOT
