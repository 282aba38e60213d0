"""Diagnostics for a person: exact text, and the places where an excerpt would lie."""

from __future__ import annotations

import re

import pytest

from compiler.diagnostics import Diagnostic, Edit, Related, Span
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
        ((1, 0, 0), "1 error"),
        ((2, 0, 0), "2 errors"),
        ((0, 1, 0), "1 warning"),
        ((0, 2, 0), "2 warnings"),
        ((1, 2, 0), "1 error, 2 warnings"),
        ((0, 0, 1), "1 note"),
        ((1, 1, 2), "1 error, 1 warning, 2 notes"),
    ],
)
def test_the_count(numbers: tuple[int, int, int], said: str):
    kinds = [Diagnostic("DN001", "x", severity=word) for word in ("error", "warning", "note")]
    found = [one for one, count in zip(kinds, numbers, strict=True) for _ in range(count)]
    assert text(*found).splitlines()[-1] == said


def excerpt(span: Span) -> list[str]:
    return text(Diagnostic("DN001", "x", span=span)).splitlines()[1:-2]


@pytest.mark.parametrize(
    ("span", "lines"),
    [
        (Span(3, 2), ["  --> specs/site.yaml:3:2", "   |", " 3 |  x: y", "   |  ^"]),
        (Span(1, 11), ["  --> specs/site.yaml:1:11", "   |", " 1 | name: site", "   |           ^"]),
        (Span(1, 12), ["  --> specs/site.yaml:1:12"]),
        (Span(4, 302), ["  --> specs/site.yaml:4:302"]),
        (Span(0, 1), ["  --> specs/site.yaml:0:1"]),
        (Span(5, 1), ["  --> specs/site.yaml:5:1"]),
    ],
)
def test_an_excerpt_never_points_beside_the_line(span: Span, lines: list[str]):
    assert excerpt(span) == lines


def test_numbers_of_lines_move_the_bar():
    shown = show([Diagnostic("DN001", "x", span=Span(100, 1))], NAME, ["a"] * 100, "text", colour=False)
    assert shown.splitlines()[2:5] == ["     |", " 100 | a", "     | ^"]


RELATED = """\
note[DN050]: two ports are one
  --> specs/site.yaml:2:8
   |
 2 |   prt: 30100 # größe
   |        ^^^^^
   = why: only one can listen
   = help: take another
note: the other one
  --> specs/site.yaml:1:1
 1 | name: site
   | ^^^^
   = note: seen in the log
           of yesterday
note: far away
  --> specs/site.yaml:99:1

1 note
"""


def test_related_places_are_notes():
    found = Diagnostic(
        "DN050",
        "two ports are one",
        span=Span(2, 8, 5),
        reason="only one can listen",
        help="take another",
        severity="note",
        related=(
            Related("the other one", span=Span(1, 1, 4)),
            Related("seen in the log\nof yesterday"),
            Related("far away", span=Span(99, 1)),
        ),
    )
    assert text(found) == RELATED


@pytest.mark.parametrize(
    ("help_", "edits", "said"),
    [
        ("", [Edit((), "30100")], ["write `30100` instead"]),
        ("", [Edit((), None)], ["take it away"]),
        ("write 30100", [Edit((), "30100")], ["write 30100"]),
        ("write x-y", [Edit((), '"x-y"')], ["write x-y"]),
        ("see the page", [Edit((), "30100")], ["see the page", "write `30100` instead"]),
        ("drop it", [Edit((), None)], ["drop it"]),
        (
            "",
            [Edit((), "a", span=Span(7, 1)), Edit((), "b")],
            ["on line 7: write `a` instead", "write `b` instead"],
        ),
    ],
)
def test_an_edit_is_told_where_the_help_does_not(help_: str, edits: list[Edit], said: list[str]):
    shown = text(Diagnostic("DN001", "x", span=Span(1, 1), help=help_, edits=tuple(edits))).splitlines()
    assert [line[11:] for line in shown if line.startswith("   = help: ")] == said
    assert shown[-1] == "1 error (dncompile fix mends 1)"


def test_a_message_of_several_lines_cannot_pass_for_another_finding():
    shown = text(Diagnostic("DN001", "a\nerror[DN002]: b", help="c\nerror[DN003]: d"))
    assert [line for line in shown.splitlines() if line.startswith("error")] == ["error[DN001]: a"]
