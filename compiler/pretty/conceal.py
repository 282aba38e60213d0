"""No secret reaches a terminal or a CI log: what may be one is blotted out of messages and excerpts.

Two ways a secret gets into a spec: pasted where a reference belongs (the finding says so), or pasted anywhere
(then it is known by its shape: a long run of letters and digits, or a UUID).
"""

from __future__ import annotations

import re

BLOT = "•••"
_RUN = r"(?=[A-Za-z+]*[0-9])(?=[0-9+]*[A-Za-z])[A-Za-z0-9+]{16,}={0,2}"
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_KNOWN = r"(?<![A-Za-z0-9])(?:sk|ghp|gho|hf|xox[a-z])[-_][A-Za-z0-9_-]{16,}"
_TOKEN = re.compile(rf"(?:[A-Za-z0-9]+[-_])*(?:{_UUID}|{_RUN}|{_KNOWN})(?:[-_][A-Za-z0-9]+)*")


def conceal(text: str) -> str:
    """`text` with everything blotted out that has the shape of a token."""
    return _TOKEN.sub(BLOT, text)


def conceal_from(line: str, column: int) -> str:
    """A line of the spec up to `column` (from 1); what follows is a secret that was pasted there."""
    return line[: column - 1] + BLOT
