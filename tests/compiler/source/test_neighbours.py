"""One line of a good spec is spoilt: the finding stands on that line, and its help is what was there."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from compiler.diagnostics import Diagnostic
from compiler.source import read_text
from compiler.source.neighbours import mended
from tests.compiler.material import ROOT

SPEC = (ROOT / "tests/specs/small/runtime.yaml").read_text("utf-8").split("\n")
ENTRIES = [number for number, line in enumerate(SPEC) if re.match(r" *(- )?[\w.-]+:", line)]


def moved(by: int) -> Callable[[str], str]:
    def move(line: str) -> str:
        depth = len(line) - len(line.lstrip()) + by
        return line if depth < 0 else " " * depth + line.lstrip()

    return move


SPOILT: dict[str, tuple[Callable[[str], str], float]] = {  # and the part that must be found at its line
    "a blank more": (moved(1), 0.99),
    "a blank less": (moved(-1), 0.97),
    "two more": (moved(2), 0.8),
    "two less": (moved(-2), 0.8),
    "no blank after the colon": (lambda line: line.replace(": ", ":", 1), 0.98),
    "no colon": (lambda line: line.replace(":", "", 1), 0.97),
    "an open quote": (lambda line: re.sub(r": (?=[^\"'\[{|>])", ': "', line, count=1), 1),
    "an open single quote": (lambda line: re.sub(r": (?=[^\"'\[{|>])", ": '", line, count=1), 1),
}


def spoilt(spoil: Callable[[str], str]) -> Iterator[tuple[int, str, list[Diagnostic]]]:
    """Each line that gives a finding when it alone is spoilt, with the findings."""
    for number in ENTRIES:
        line = spoil(SPEC[number])
        if line != SPEC[number]:
            _, found = read_text("\n".join([*SPEC[:number], line, *SPEC[number + 1 :]]), "spec.yaml")
            if found:
                yield number + 1, line, found


@pytest.mark.parametrize("name", SPOILT)
def test_the_line_that_was_spoilt_is_the_one_that_is_shown(name: str):
    spoil, part = SPOILT[name]
    seen = [(number, found[0].span.line) for number, _, found in spoilt(spoil) if found[0].span]
    wrong = [number for number, line in seen if number != line]
    assert len(seen) > 80 and len(wrong) <= (1 - part) * len(seen), wrong


def test_the_help_is_the_indentation_that_was_there():
    said = 0
    for number, _, (found, *_) in spoilt(moved(1)):
        line = SPEC[number - 1]
        depth = len(line) - len(line.lstrip())
        if found.span and found.span.line == number and "indented" in found.message:
            said += f"by {depth} blank" in found.help or (not depth and "left margin" in found.help)
    assert said > 150


def test_the_help_is_the_line_that_was_there():
    for number, _, (found, *_) in spoilt(SPOILT["no blank after the colon"][0]):
        if "no blank" in found.message and "`key" not in found.help:
            entry = SPEC[number - 1].strip().removeprefix("- ")
            assert f"`{entry}`" in found.help or "…" in found.help


def test_a_line_that_no_single_change_mends_is_left_to_libyaml():
    assert mended(("a:", "    b: 1", "  c: 2", "   d: 3", " e: 1"), 3) is None


@pytest.mark.parametrize(
    "piece", ["- a\n", "  b: 1\n", "  [a,b,c]: {d: e}\n", "  # x\n", "\n", "  - - - a\n"]
)
@pytest.mark.parametrize("size", [20_000, 1_000_000])
def test_trying_takes_no_time(piece: str, size: int):
    start = time.process_time()
    read_text("a:\n" + piece * (size // len(piece)) + "   x: 1\n  y: 2\n z: 3\n", "spec.yaml")
    assert time.process_time() - start < 2
