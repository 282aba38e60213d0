"""One command that must succeed, bounded in time.

It exists so that a command that fails or hangs becomes one line for a person: which command, how it ended,
and its last words. It has no input, and its output goes into that line: nothing secret may be printed by it.
"""

from __future__ import annotations

import subprocess
from typing import Sequence

_WORDS_LENGTH = 300


class CommandError(Exception):
    """The command did not succeed; the text is one line that names it."""


def run(argv: Sequence[str], timeout: float) -> None:
    """Run a command to its end.

    Args:
        argv: the command and its arguments; it is looked up by PATH.
        timeout: seconds that it may take; then it is killed.

    Raises:
        CommandError: it is not there, took too long, or ended with another exit code than 0.
    """
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            timeout=timeout, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CommandError(f"{argv[0]} took longer than {timeout:g} s") from None
    except OSError as fault:
        raise CommandError(f"{argv[0]}: {fault.strerror or fault}") from None
    if done.returncode:
        words = " ".join(done.stdout.decode("utf-8", "replace").split())[-_WORDS_LENGTH:]
        raise CommandError(f"{' '.join(argv)} exits {done.returncode}{words and ': '}{words}")
