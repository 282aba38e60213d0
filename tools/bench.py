"""How long the command takes on this machine: whole processes, medians. Compare ratios, not milliseconds.

Trees are written to a folder in memory where there is one, since small files on disks are bimodal. The import
share is the time of a process that only imports what the case imports, as part of the whole.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).with_name("dncompile"))
RUNS = 15
MEMORY = Path("/dev/shm")  # noqa: S108 - named for its speed; what lies there is made by mkdtemp


@dataclass(frozen=True)
class Case:
    """A command line, whether its tree is removed before each run, and the modules that it imports."""

    name: str
    argv: list[str]
    cold: bool = False
    imports: str = ""


COMPILING = "compiler.cli, compiler.pipeline, targets, jinja2, yaml"
BUILDING = f"{COMPILING}, compiler.bundle.disk, compiler.pretty.changes"
CHECKING = f"{COMPILING}, compiler.bundle.compare"


def cases(out: Path) -> list[Case]:
    """What is measured; the first is the floor."""
    build = [COMMAND, "--out", str(out)]
    return [
        Case("an empty Python", [sys.executable, "-c", "pass"]),
        Case("dncompile --help", [COMMAND, "--help"], imports="compiler.cli"),
        Case("dncompile, cold: the whole tree", build, cold=True, imports=BUILDING),
        Case("dncompile, nothing to do", build, imports=BUILDING),
        Case("dncompile check", [COMMAND, "check", "--out", str(out)], imports=CHECKING),
    ]


def milliseconds(argv: list[str]) -> float:
    """The wall time of one run; a run that fails measures nothing and ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr}")
    return (time.perf_counter() - start) * 1000


def measure(case: Case, out: Path) -> list[float]:
    """The times of all runs."""
    times = []
    for _ in range(RUNS):
        if case.cold:
            shutil.rmtree(out, ignore_errors=True)
        times.append(milliseconds(case.argv))
    return times


def import_share(case: Case, median: float, floor: float) -> str:
    """The imports' part of a case, an empty Python left out."""
    if not case.imports:
        return ""
    argv = [sys.executable, "-c", f"import {case.imports}"]
    imports = statistics.median(milliseconds(argv) for _ in range(RUNS)) - floor
    return f"   imports {imports:6.1f} ms ({imports / median:4.0%})"


def main() -> None:
    """Print one line a case: the median, the fastest, the ratio to an empty Python, the import share."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    out, floor = folder / "generated", 0.0
    try:
        for case in cases(out):
            times = measure(case, out)
            median = statistics.median(times)
            floor = floor or median
            share = import_share(case, median, floor)
            line = (
                f"{case.name:<32} {median:7.1f} ms   fastest {min(times):7.1f} ms   {median / floor:5.1f} ×"
            )
            print(line + share)
    finally:
        shutil.rmtree(folder)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{'largest process':<32} {peak / 1024:7.1f} MB   {RUNS} runs a case, on {folder.parent}")


if __name__ == "__main__":
    main()
