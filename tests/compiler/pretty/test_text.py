"""Diagnostics for a person: exact text, and the places where an excerpt would lie."""

from __future__ import annotations

import re

import pytest

from compiler.diagnostics import Diagnostic, Span
from compiler.pretty import show
from tests.compiler.pretty.findings import FINDINGS, LINES, NAME

TEXT = """\
error[DN020]: `engine` has no key `prt`
  --> specs/site.yaml:2:3
   |
 2 |   prt: 30100 # größe
   |   ^^^
   = why: a key that nothing reads
   = help: did you mean `port`?

warning[DN046]: waived, 100% sure: yes
  --> specs/site.yaml:1:7
   |
 1 | name: site
   |       ^^^^

error[DN210]: generated/x is stale
  --> generated/x,y:z

--- a/x
+++ b/x
-old
+new

error[DN005]: the spec is empty
  --> specs/site.yaml:9:1

3 errors, 1 warning
"""


def text(*findings: Diagnostic, colour: bool = False) -> str:
    return show(findings, NAME, LINES, "text", colour=colour)


def test_the_whole():
    assert text(*FINDINGS) == TEXT


def test_nothing_to_say():
    assert text() == ""


def test_colour_changes_nothing_but_colour():
    painted = text(*FINDINGS, colour=True)
    assert painted.startswith("\x1b[1;31merror[DN020]\x1b[0m: \x1b[1m`engine`")
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == TEXT
    assert "\x1b" not in TEXT


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, 0), "1 error"),
        ((2, 0), "2 errors"),
        ((0, 1), "1 warning"),
        ((0, 2), "2 warnings"),
        ((1, 2), "1 error, 2 warnings"),
    ],
)
def test_the_count(numbers: tuple[int, int], said: str):
    bad, mild = Diagnostic("DN001", "x"), Diagnostic("DN001", "x", severity="warning")
    assert text(*[bad] * numbers[0], *[mild] * numbers[1]).splitlines()[-1] == said


def excerpt(span: Span) -> list[str]:
    return text(Diagnostic("DN001", "x", span=span)).splitlines()[1:-2]


@pytest.mark.parametrize(
    ("span", "lines"),
    [
        (Span(3, 2), ["  --> specs/site.yaml:3:2", "   |", " 3 |  x: y", "   |  ^"]),
        (Span(1, 11), ["  --> specs/site.yaml:1:11", "   |", " 1 | name: site", "   |           ^"]),
        (Span(1, 12), ["  --> specs/site.yaml:1:12"]),
        (Span(4, 200), ["  --> specs/site.yaml:4:200"]),
        (
            Span(4, 159, 50),
            ["  --> specs/site.yaml:4:159", "   |", f" 4 | {'z' * 160}", f"   | {' ' * 158}^^"],
        ),
        (Span(0, 1), ["  --> specs/site.yaml:0:1"]),
        (Span(5, 1), ["  --> specs/site.yaml:5:1"]),
    ],
)
def test_an_excerpt_never_points_beside_the_line(span: Span, lines: list[str]):
    assert excerpt(span) == lines


def test_numbers_of_lines_move_the_bar():
    shown = show([Diagnostic("DN001", "x", span=Span(100, 1))], NAME, ["a"] * 100, "text", colour=False)
    assert shown.splitlines()[2:5] == ["     |", " 100 | a", "     | ^"]
