"""How long the command takes on this machine: whole processes, medians. Compare ratios, not milliseconds."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).with_name("dncompile"))
RUNS = 15

CASES = {
    "an empty Python": [sys.executable, "-c", "pass"],
    "dncompile --help": [COMMAND, "--help"],
    "dncompile (nothing to do)": [COMMAND, "build"],
    "dncompile check": [COMMAND, "check"],
}


def milliseconds(argv: list[str]) -> float:
    """The wall time of one run; a run that fails measures nothing and ends the benchmark."""
    start = time.perf_counter()
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}: exit {done.returncode}\n{done.stderr}")
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print one line a case: the median, the fastest, and the ratio to an empty Python."""
    floor = 0.0
    for name, argv in CASES.items():
        times = [milliseconds(argv) for _ in range(RUNS)]
        median = statistics.median(times)
        floor = floor or median
        print(f"{name:<28} {median:7.1f} ms   fastest {min(times):7.1f} ms   {median / floor:4.1f} ×")


if __name__ == "__main__":
    main()
