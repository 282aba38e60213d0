"""`make flags VERSION=x.y.z`: the engine's argument table of one version, into targets/sglang/flags/.

The wheel is fetched without its dependencies and read as text: nothing of it is installed, imported or run.
The same version gives the same bytes on every machine, since one CPython and one platform are asked for.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.wheel_constants import Unread, Wheel
from tools.wheel_flags import Row, raw_count, rows

TABLES = Path(__file__).parents[1] / "targets" / "sglang" / "flags"
USAGE = "usage: engine_flags.py VERSION [WHEEL]   (make flags VERSION=0.5.13.post1)"
_VERSION = re.compile(r"\d+(?:\.\d+)+(?:rc\d+|\.post\d+)?")
_PIP = ["-m", "pip", "-q", "--disable-pip-version-check", "download", "--no-deps", "--only-binary", ":all:"]
_PLATFORMS = ("manylinux_2_34_x86_64", "manylinux_2_28_x86_64", "manylinux2014_x86_64")
_ASKED = ["--python-version", "3.12", *(word for name in _PLATFORMS for word in ("--platform", name))]


def download(version: str, folder: Path) -> Path:
    """The wheel of a version; a message and exit 1 where there is none to be had."""
    argv = [sys.executable, *_PIP, *_ASKED, "--dest", str(folder), f"sglang=={version}"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    found = sorted(folder.glob("*.whl"))
    if done.returncode or not found:
        sys.exit(f"{done.stderr}engine_flags: no wheel of sglang {version} could be fetched")
    return found[0]


def rendered(version: str, wheel: Wheel) -> str:
    """The table's file: a flag a line, sorted. Refuses to drop a flag that the text declares."""
    found, declared = rows(wheel), raw_count(wheel)
    if len(found) != declared or len({row["name"] for row in found}) != declared:
        raise Unread(f"{len(found)} flags read and {declared} declared: the layout is a new one")
    head = f'{{\n"version": {json.dumps(version)},\n"declared": {declared},\n"flags": [\n'
    return head + ",\n".join(map(_line, found)) + "\n]\n}\n"


def _line(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False)


def report(text: str) -> None:
    """Say how many flags there are, and what of them could not be read."""
    table = json.loads(text)
    for row in table["flags"]:
        if "unread" in row:
            print(
                f"not read, and so not checked: {', '.join(row['unread'])} of {row['name']}", file=sys.stderr
            )
    print(f"sglang {table['version']}: {len(table['flags'])} flags")


def main(argv: list[str]) -> int:
    """Write the table of a version: 0 done, 1 it cannot be read, 2 wrong usage."""
    if not 1 <= len(argv) <= 2 or not _VERSION.fullmatch(argv[0]):
        print(USAGE, file=sys.stderr)
        return 2
    version = argv[0]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(argv[1]) if argv[1:] else download(version, Path(folder))
        try:
            text = rendered(version, Wheel(path))
        except (Unread, OSError, SyntaxError, zipfile.BadZipFile) as why:
            print(f"engine_flags: sglang {version} cannot be read: {why}", file=sys.stderr)
            return 1
    (TABLES / f"{version}.json").write_text(text, encoding="utf-8")
    report(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
