"""Writes what bad specs give into their files below tests/errors/, to be reviewed like code.

`tools/expect.py FILE…` (or `make expect` for all) replaces the list under `expect:`; parts of messages are
kept where they still fit.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from compiler.diagnostics import Diagnostic  # noqa: E402 - the repository's root must be known first
from tests import cases  # noqa: E402 - as above


def lines(case: cases.Case) -> list[str]:
    """The findings of a case, with the parts of messages that it already has."""
    known = {
        " ".join(line.split(" ", 2)[::2]): line.split(" ", 2)[-1]
        for line in case.expected
        if line.count(" ") > 1
    }
    with tempfile.TemporaryDirectory() as folder:
        return [line(one, list(known.values())) for one in cases.findings(case, Path(folder))]


def line(found: Diagnostic, parts: list[str]) -> str:
    """One finding as a line of the list."""
    part = next((part for part in parts if part in found.message), "")
    return f"{cases.shown(found)} {part}".rstrip()


def quoted(text: str) -> str:
    """The line as YAML, in quotes where it would be read as something else."""
    plain = not any(sign in text for sign in (": ", " #", '"', "'", "`", "{", "["))
    return text if plain else "'" + text.replace("'", "''") + "'"


def update(place: Path) -> bool:
    """Write the list into one file; whether it changed."""
    head = place.read_text("utf-8").split("\nexpect:")[0].rstrip("\n")
    if "\nexpect:" not in place.read_text("utf-8"):
        place.write_text(f"{head}\nexpect: []\n", "utf-8")
    found = [f"\n  - {quoted(one)}" for one in lines(cases.load(place))]
    new = f"{head}\nexpect:{''.join(found) or ' []'}\n"
    old = place.read_text("utf-8")
    place.write_text(new, "utf-8")
    return new != old


def main(names: list[str]) -> int:
    """Update the named files, or all."""
    places = [Path(name) for name in names] or sorted(cases.FOLDER.glob("*.yaml"))
    for place in places:
        if update(place):
            print(f"wrote {place}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
