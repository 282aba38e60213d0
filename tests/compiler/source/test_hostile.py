"""Files made to exhaust a reader: the command refuses each in a second and 200 MB, and writes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from compiler.source.limits import BYTE_LIMIT
from tests.compiler.source.watched import complaints, run

MIB = 1024 * 1024
NAMES = [f"n{number}" for number in range(2000)]


def filled(piece: str, size: int = BYTE_LIMIT) -> str:
    """As many whole pieces as fit in `size` bytes."""
    return piece * (size // len(piece.encode()))


def numbered(line: str, most: int = BYTE_LIMIT) -> str:
    """Lines that differ in a number, up to `most` bytes."""
    count = most // len(line.format(10**6))
    return "".join(line.format(10**6 + number) for number in range(count))


def tower(levels: int, step: int) -> Iterable[str]:
    """Anchors that each wrap the one before in more levels."""
    yield "n0: &n0 [x]\n"
    for old, new in pairwise(NAMES[:levels]):
        yield f"{new}: &{new} {'[' * step}*{old}{']' * step}\n"


def bomb(levels: int, width: int) -> Iterable[str]:
    """Each anchor stands for many of the one before."""
    yield f"n0: &n0 [{'x, ' * width}]\n"
    for old, new in pairwise(NAMES[:levels]):
        yield f"{new}: &{new} [{f'*{old}, ' * width}]\n"


LARGE = {  # refused for their size, whatever is in them
    "a spec of 10 MB": lambda: filled("key: value\n", 10 * MIB),
    "brackets": lambda: "[" * 10 * MIB,
    "braces": lambda: "{" * 10 * MIB,
    "dashes": lambda: filled("- ", 10 * MIB),
    "questions": lambda: filled("? ", 10 * MIB),
    "a scalar": lambda: "x" * 10 * MIB,
    "a million keys": lambda: numbered("k{}: 1\n", 12 * MIB),
    "empty lines": lambda: "\n" * 10 * MIB,
    "zero bytes": lambda: "\0" * 10 * MIB,
    "anchors": lambda: filled("a: &a [*a]\n", 4 * MIB),
    "quotes": lambda: "'" * 4 * MIB,
    "a long line": lambda: f"a: [{filled('x, ', 3_900_000)}]\n",
    "one byte too much": lambda: "#" * (BYTE_LIMIT + 1),
}
DEEP = {  # small enough to be looked at
    "brackets": (lambda: "[" * BYTE_LIMIT, "DN014"),
    "braces": (lambda: "{" * BYTE_LIMIT, "DN014"),
    "dashes": (lambda: filled("- "), "DN014"),
    "questions": (lambda: filled("? "), "DN014"),
    "lines of brackets": (lambda: filled("[\n"), "DN014"),
    "flow lists of depth 100,000": (lambda: "[" * 100_000 + "]" * 100_000, "DN014"),
    "flow mappings of depth 100,000": (lambda: "{a: " * 100_000 + "}" * 100_000, "DN014"),
    "block lists of depth 100,000": (lambda: "- " * 100_000 + "x\n", "DN014"),
    "block mappings": (lambda: "".join(f"{' ' * depth}a:\n" for depth in range(1400)), "DN014"),
    "a tower of aliases": (lambda: "".join(tower(2000, 60)), "DN014"),
}
WIDE = {
    "a billion laughs": (lambda: "".join(bomb(61, 9)), "DN015"),
    "one list many times": (lambda: f"a: &a [{'x, ' * 1000}]\nb:\n" + "- *a\n" * 2000, "DN015"),
    "items": (lambda: f"a: [{filled('x, ', BYTE_LIMIT - 10)}]\n", "DN015"),
    "keys": (lambda: numbered("k{}:\n"), "DN015"),
    "empty items": (lambda: filled("-\n"), "DN015"),
    "anchors": (lambda: numbered("- &a{} x\n"), "DN015"),
    "one key": (lambda: filled("a:\n"), "DN012"),
    "one key in braces": (lambda: f"{{{filled('a,', BYTE_LIMIT - 2)}}}", "DN012"),
    "empty keys": (lambda: filled("?\n"), "DN010"),
    "merge keys": (lambda: filled("<<: *a\n"), "DN011"),
    "tags": (lambda: filled("- !a b\n"), "DN009"),
    "anchors in themselves": (lambda: filled("- &a [*a]\n"), "DN016"),
    "leading zeros": (lambda: filled("- 00\n"), "DN013"),
    "leading zeros on a line": (lambda: f"[{filled('00,', BYTE_LIMIT - 2)}]", "DN013"),
    "documents": (lambda: filled("---\n"), "DN008"),
    "ends of documents": (lambda: filled("...\n"), "DN006"),
    "directives": (lambda: numbered("%TAG !a{}! x\n"), "DN017"),
    "YAML directives": (lambda: filled("%YAML 1.2\n"), "DN006"),
    "comments": (lambda: filled("#\n"), "DN005"),
    "empty lines": (lambda: filled("\r\n"), "DN005"),
}
LONG = {
    "a word": (lambda: "x" * BYTE_LIMIT, "DN002"),
    "a quoted word": (lambda: f'a: "{filled(chr(92) + "x07", BYTE_LIMIT - 5)}"', "DN002"),
    "an open quote": (lambda: "a: '" + "x" * (BYTE_LIMIT - 4), "DN006"),
    "quotes": (lambda: "'" * BYTE_LIMIT, "DN002"),
    "a block": (lambda: f"a: |\n{filled('  x' + chr(10), BYTE_LIMIT - 5)}", "DN002"),
    "a number": (lambda: "a: " + "9" * (BYTE_LIMIT - 3), "DN002"),
    "a number with a zero": (lambda: "a: 0" + "9" * 7000, "DN013"),
    "an exponent": (lambda: "a: 1e" + "9" * 7000, "DN013"),
    "a key": (lambda: "? " + "x" * (BYTE_LIMIT - 2), "DN010"),
    "a tag": (lambda: "!" * BYTE_LIMIT, "DN009"),
    "an alias": (lambda: "*" + "a" * (BYTE_LIMIT - 1), "DN016"),
    "blanks": (lambda: "a:" + " " * (BYTE_LIMIT - 3) + "@", "DN006"),
    "tabs": (lambda: "\t" * BYTE_LIMIT, "DN006"),
    "wide letters": (lambda: filled("\U0001f600"), "DN002"),
    "zero bytes": (lambda: "\0" * BYTE_LIMIT, "DN007"),
    "marks of byte order": (lambda: filled("\ufeff"), "DN004"),
    "carriage returns": (lambda: "\r" * BYTE_LIMIT, "DN007"),
}
HOSTILE: dict[str, tuple[Callable[[], str], str]] = {
    **{f"too large: {name}": (made, "DN002") for name, made in LARGE.items()},
    **{f"too deep: {name}": row for name, row in DEEP.items()},
    **{f"too many: {name}": row for name, row in WIDE.items()},
    **{f"too long: {name}": row for name, row in LONG.items()},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_exhaust_the_reader(tmp_path: Path, name: str):
    made, code = HOSTILE[name]
    (tmp_path / "spec.yaml").write_text(made(), "utf-8", newline="")
    ran = run(tmp_path, "--spec", "spec.yaml", "--out", "out")
    assert complaints(ran, tmp_path, {"spec.yaml"}) == []
    assert f"error[{code}]: " in ran.said


@pytest.mark.parametrize("form", ["json", "github"])
def test_other_forms_are_as_short(tmp_path: Path, form: str):
    (tmp_path / "spec.yaml").write_text(filled("- 00\n"))
    ran = run(tmp_path, "--spec", "spec.yaml", "--out", "out", "--format", form)
    assert (ran.code, ran.seconds < 1, ran.megabytes < 200, len(ran.said) < 100_000) == (1, True, True, True)


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


def a_device(place: Path) -> None:
    place.symlink_to("/dev/zero")


def a_folder(place: Path) -> None:
    place.mkdir()


def not_utf8(place: Path) -> None:
    place.write_bytes(b"\xff" * BYTE_LIMIT)


@pytest.mark.parametrize("make", [a_pipe, a_device, a_folder, not_utf8])
def test_what_is_no_text_at_all(tmp_path: Path, make: Callable[[Path], None]):
    make(tmp_path / "spec.yaml")
    ran = run(tmp_path, "--spec", "spec.yaml", "--out", "out")
    assert complaints(ran, tmp_path, {"spec.yaml"}) == []


# ── The measure itself


PLANTED = {
    "seconds of CPU": "import time\nwhile time.process_time() < 1.2: pass",
    "MB": "x = bytearray(250 * 2**20)",
    "exit code 0": "import sys; print('error[DN001]'); sys.exit(0)",
    "characters said": "print('x')",
    "mine was written": "open('mine', 'w').close()",
}


@pytest.mark.parametrize("complaint", PLANTED)
def test_a_planted_fault_is_seen(tmp_path: Path, complaint: str):
    ran = run(tmp_path, "-c", PLANTED[complaint], command=[sys.executable])
    assert complaint in "\n".join(complaints(ran, tmp_path, set()))


def test_a_small_process_is_measured_as_small(tmp_path: Path):
    ballast = bytearray(400 * MIB)
    assert run(tmp_path, "-c", "pass", command=[sys.executable]).megabytes < 50
    assert ballast
