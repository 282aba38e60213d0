"""The command line as a process whose time and memory are measured.

A process inherits the high-water mark of the one that started it, so a small one stands between.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.compiler.material import ROOT

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 10
WAIT_SECONDS = 20
COMMAND = (sys.executable, "-m", "compiler.cli")

_WATCHER = """
import json, os, resource, sys
argv, out, memory, seconds = json.loads(sys.argv[1])
child = os.fork()
if not child:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.execv(argv[0], argv)
_, status, used = os.wait4(child, 0)
print(json.dumps([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""


@dataclass(frozen=True)
class Ran:
    """How a command ended: its exit code, seconds of CPU, megabytes at most, and all that it said."""

    code: int
    seconds: float
    megabytes: float
    said: str


def run(folder: Path, *words: str, command: Sequence[str] = COMMAND) -> Ran:
    """Run a command in a folder and measure it; one that hangs fails the test."""
    said = folder / "said.txt"
    request = json.dumps([[*command, *words], str(said), MEMORY, CPU_SECONDS])
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", _WATCHER, request],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=True,
    )
    code, seconds, kilobytes = json.loads(done.stdout)
    text = said.read_text("utf-8", errors="replace")
    said.unlink()
    return Ran(code, seconds, kilobytes / 1024, text)


def complaints(ran: Ran, folder: Path, before: set[str], *, most_said: int = 100_000) -> list[str]:
    """What is wrong with how a spec was refused: it must be quick, small, clear, and leave nothing behind."""
    found = []
    if ran.code != 1:
        found.append(f"exit code {ran.code}")
    if ran.seconds >= 1:
        found.append(f"{ran.seconds:.2f} seconds of CPU")
    if ran.megabytes >= 200:
        found.append(f"{ran.megabytes:.0f} MB")
    if "error[DN0" not in ran.said or "Traceback" in ran.said or len(ran.said) > most_said:
        found.append(f"{len(ran.said)} characters said: {ran.said[:200]}")
    made = {path.name for path in folder.iterdir()} - before
    return [*found, *(f"{name} was written" for name in sorted(made))]
