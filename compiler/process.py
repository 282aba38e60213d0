"""Other programs: the one place where the compiler starts any."""

from __future__ import annotations

import subprocess  # noqa: TID251 - this is that one module
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LIMIT = 120.0  # seconds; a check of one host takes less than one


@dataclass(frozen=True, slots=True)
class Done:
    """How a program ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Both streams, the program's complaints first."""
        return self.err + self.out


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    given: str = "",
    environment: Mapping[str, str] | None = None,
    seconds: float = _LIMIT,
) -> Done:
    """Run a program to its end; one that does not end in time counts as failed, and says so."""
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            input=given,
            env=dict(environment) if environment is not None else None,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Done(124, "", f"{argv[0]} did not end within {seconds:g} seconds\n")
    except OSError as error:
        return Done(127, "", f"{argv[0]} cannot be started: {error.strerror}\n")
    return Done(done.returncode, done.stdout, done.stderr)
