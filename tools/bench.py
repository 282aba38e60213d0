"""How long the command takes on this machine: whole processes, medians. Compare ratios, not milliseconds.

Trees are written to a folder in memory where there is one, since small files on disks are bimodal. The import
share is the time of a process that only imports what the case imports, as part of the whole.
"""

from __future__ import annotations

import os
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
    """A command line, whether its tree is removed before each run, what it imports, and its exit code."""

    name: str
    argv: list[str]
    cold: bool = False
    imports: str = ""
    ends: int = 0


COMPILING = "compiler.cli, compiler.pipeline, targets, jinja2, yaml"
BUILDING = f"{COMPILING}, compiler.bundle.disk, compiler.pretty.changes"
CHECKING = f"{COMPILING}, compiler.bundle.compare"


# A typo, a key too few, a wrong value and a broken rule: what a spec with mistakes costs.
ONE_MISTAKE = {"  tp_size: 4": "  tp_size: 8"}
MISTAKES = {
    **ONE_MISTAKE,
    "    profile:": "    profil:",
    "title: ": "titel: ",
    "interval: 60s": "interval: soon",
}


def with_mistakes(folder: Path, name: str, mistakes: dict[str, str]) -> str:
    """A copy of the spec with mistakes in it, beside copies of the files that it names."""
    place = folder / name
    shutil.copytree(ROOT / "specs", place)
    text = (place / "runtime.yaml").read_text("utf-8")
    for right, wrong in mistakes.items():
        if right not in text:
            sys.exit(f"{right!r} is not in the spec: the benchmark's mistake must be another")
        text = text.replace(right, wrong)
    (place / "runtime.yaml").write_text(text, "utf-8")
    return str(place / "runtime.yaml")


def cases(folder: Path, out: Path) -> list[Case]:
    """What is measured; the first is the floor."""
    build = [COMMAND, "--out", str(out)]
    one, several = (with_mistakes(folder, *what) for what in (("one", ONE_MISTAKE), ("several", MISTAKES)))
    return [
        Case("an empty Python", [sys.executable, "-c", "pass"]),
        Case("dncompile --help", [COMMAND, "--help"], imports="compiler.cli"),
        Case("dncompile, cold: the whole tree", build, cold=True, imports=BUILDING),
        Case("dncompile, nothing to do", build, imports=BUILDING),
        Case("dncompile check", [COMMAND, "check", "--out", str(out)], imports=CHECKING),
        Case("dncompile verify, asked anew", [COMMAND, "verify", "--no-cache"]),
        Case("dncompile verify, known", [COMMAND, "verify"]),
        Case("dncompile, a rule is broken", [*build, "--spec", one], ends=1),
        Case("dncompile, several mistakes", [*build, "--spec", several], ends=1),
    ]


def run(argv: list[str], ends: int = 0) -> tuple[float, float]:
    """Milliseconds and megabytes (peak) of one run; another exit code ends the benchmark."""
    start = time.perf_counter()
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != ends:
        sys.exit(f"{' '.join(argv)}: exit {process.returncode}")
    return (time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024


def measure(case: Case, out: Path) -> list[tuple[float, float]]:
    """Time and memory of all runs."""
    measured = []
    for _ in range(RUNS):
        if case.cold:
            shutil.rmtree(out, ignore_errors=True)
        measured.append(run(case.argv, case.ends))
    return measured


def import_share(case: Case, median: float, floor: float) -> str:
    """The imports' part of a case, an empty Python left out."""
    if not case.imports:
        return ""
    argv = [sys.executable, "-c", f"import {case.imports}"]
    imports = statistics.median(run(argv)[0] for _ in range(RUNS)) - floor
    return f"   imports {imports:6.1f} ms ({imports / median:4.0%})"


def main() -> None:
    """Print one line a case: median, fastest, ratio to an empty Python, peak memory, import share."""
    folder = Path(tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None))
    out, floor = folder / "generated", 0.0
    try:
        for case in cases(folder, out):
            measured = measure(case, out)
            median, fastest = statistics.median(ms for ms, _ in measured), min(ms for ms, _ in measured)
            peak = max(megabytes for _, megabytes in measured)
            floor = floor or median
            times = f"{median:7.1f} ms   fastest {fastest:7.1f} ms   {median / floor:5.1f} ×"
            print(f"{case.name:<32} {times} {peak:6.1f} MB{import_share(case, median, floor)}")
    finally:
        shutil.rmtree(folder)
    print(f"{RUNS} runs a case, on {folder.parent}")


if __name__ == "__main__":
    main()
