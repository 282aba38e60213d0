"""The mark stands under what is meant, whatever the line holds, and nothing in it steers a terminal."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.diagnostics import Diagnostic, Edit, Related, Span
from compiler.pretty import show
from compiler.pretty.conceal import conceal
from compiler.pretty.excerpt import WIDEST, excerpt
from compiler.pretty.pasted import BLOT
from compiler.pretty.visible import visible, visible_word

TOKEN = "hf_0123456789abcdefABCDEF"


def columns(text: str) -> int:
    """What a terminal makes of a text, reckoned anew."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    none = sum(unicodedata.category(char) in ("Mn", "Me", "Cf") for char in text)
    return len(text) + wide - none


def marked(line: str, word: str) -> str:
    """The part of the shown line that is above the mark for `word`."""
    shown = excerpt(line, line.index(word) + 1, len(word))
    assert shown is not None and columns(shown.text) <= WIDEST
    ends = [columns(shown.text[:end]) for end in range(len(shown.text) + 1)]
    return shown.text[ends.index(shown.indent) : ends.index(shown.indent + shown.marked)]


LONG = "x" * 50 + " "


@pytest.mark.parametrize(
    "line",
    [
        "a: here",
        "\ta: here",
        "größe: here # ü",
        "名前: here",
        "e\u0301\u0301: here",
        "👩: {a: 'x', b: here}",
        f"{LONG * 10}here",
        f"{LONG * 10}here{' y' * 500}",
        f"here{' y' * 500}",
        f"{'名' * 200}here{'名' * 200}",
        f"{' y' * 3000}here{' y' * 3000}",
        f"a: {TOKEN}, b: here",
        f"{TOKEN} {LONG * 5}{TOKEN} here {TOKEN}",
        "\x1b[31m here",
    ],
)
def test_the_mark_is_under_the_word(line: str):
    assert marked(line, "here") == "here"


@given(
    st.text("ab \t名\u0301\x1b•", max_size=300),
    st.text("ab -名", max_size=300),
    st.sampled_from(["here", "x1"]),
)
def test_the_mark_is_under_any_word(before: str, after: str, word: str):
    assert marked(f"{before.replace(word, '')}\x00{word}{after}", word) == word


def test_a_long_word_is_marked_as_far_as_it_is_shown():
    shown = excerpt("y" * 400, 1, 400)
    assert shown is not None and (shown.indent, shown.marked) == (0, 158) and shown.text == "y" * 158 + "…"
    assert excerpt("y" * 400, 401, 1) is not None and excerpt("y" * 400, 402, 1) is None


@pytest.mark.parametrize("column", range(1, 60))
def test_a_secret_is_blotted_out_wherever_the_mark_is(column: int):
    line = f"  key: {TOKEN} # and {TOKEN}"
    shown = excerpt(line, column, 5)
    assert shown is not None and TOKEN[4:] not in shown.text and BLOT in shown.text
    if 0 <= column - 8 <= len(TOKEN) - 5:
        assert shown.text[shown.indent :].startswith(BLOT) and 0 < shown.marked <= len(BLOT)
    hidden = excerpt("  key: hunter2 # hunter2", column, 5, hidden=8)
    assert hidden is None or ("hunter2" not in hidden.text and hidden.text == f"  key: {BLOT}")


def test_a_secret_at_the_edge_of_a_cut_line_is_blotted_out():
    for blanks in range(100, 200):
        shown = excerpt(f"here{' ' * blanks}{TOKEN * 20} and more{' y' * 99}", 1, 4)
        assert shown is not None and TOKEN[3:9] not in shown.text


def test_what_one_finding_hides_no_other_shows():
    lines = ["key: hunter2", "other: |", "  hunter2", "", "next: 1"]
    findings = [
        Diagnostic("DN023", "x", span=Span(1, 6, 7), secret=True),
        Diagnostic("DN023", "x", span=Span(2, 8, 1), secret=True),
        Diagnostic("DN020", "x", span=Span(1, 1, 3), related=(Related("x", span=Span(3, 3, 7)),)),
        Diagnostic("DN020", "x", span=Span(5, 7, 1)),
    ]
    shown = show(findings, "x", lines, "text", colour=False)
    assert "hunter2" not in shown and "next: 1" in shown


@pytest.mark.parametrize(
    "text", ["a-" * 500_000, "a" * 2_000_000, "sk-" * 500_000, "A1+" * 9 + " " * 999_999]
)
def test_time_is_linear(text: str):
    # Of the processor, not of the clock: other work on the machine slows nothing. Quadratic would be minutes.
    start = time.process_time()
    conceal(text)
    excerpt(text, len(text) // 2, 9)
    assert time.process_time() - start < 5


# ── Characters that steer a terminal

STEERING = "\x1b[2J\x07\x9b1m\u202eabc\u2066\x7f\r\x00\ud800\u2028"


def test_pictures_and_replacements():
    assert visible("\x1b[m\x7f\t\n\r") == "␛[m␡\t\n␍" and visible_word("\t\n") == "␉␊"
    assert visible("\x9b\u202e\ud800\u2028é名") == "<U+009B><U+202E><U+D800><U+2028>é名"


# No width, looks like a blank, or turns the direction.
UNSEEN = ["\u200b", "\u2060", "\u00a0", "\ufeff", "\u00ad", "\u3000", "\U000e0041"]
UNSEEN += map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@pytest.mark.parametrize("sign", UNSEEN, ids=ascii)
def test_what_cannot_be_seen_is_shown_by_its_number(sign: str):
    told, line = f"<U+{ord(sign):04X}>", f"名: x{sign}y here{sign}"
    # Columns of a terminal, from 0: 名 takes two, the number of the sign eight or nine.
    first, second = 5, 5 + len(told) + len("y here")
    places = [(5, 1, first, told), (4, 3, 4, f"x{told}y"), (8, 4, second - 4, "here"), (12, 9, second, told)]
    for column, wide, indent, mark in places:
        shown = excerpt(line, column, wide)
        assert shown is not None and shown.text == f"名: x{told}y here{told}"
        assert (shown.indent, shown.marked) == (indent, len(mark))
    found = Diagnostic("DN007", line, span=Span(1, 5), help=line, related=(Related(line, span=Span(1, 1)),))
    for form in ("text", "github"):
        said = show([found], line, [line], form, colour=False)
        assert f"x{told}y here{told}" in said and (form == "github" or sign not in said)


def test_signs_that_people_see_stay():
    for text in ("e\u0301", "👩\ufe0f", "größe", "名前", "\u2026\u2013\u201c"):
        assert visible(text) == text


@pytest.mark.parametrize("form", ["text", "github", "json", "sarif"])
def test_no_form_passes_them_on(form):
    found = Diagnostic(
        "DN020",
        STEERING,
        path=(STEERING,),
        span=Span(1, 1),
        reason=STEERING,
        help=STEERING,
        detail=STEERING,
        related=(Related(STEERING, span=Span(1, 2)),),
        edits=(Edit(("a",), STEERING),),
    )
    shown = show([found], STEERING, [STEERING], form, colour=False)
    shown += show([Diagnostic("DN020", "x", file=STEERING)], "x", [], form, colour=False)
    # The names of files in annotations must be those of the files.
    allowed = {"\u202e", "\u2066", "\u2028"} if form == "github" else set()
    assert {char for char in shown if not char.isprintable()} - allowed <= {"\n"}
    shown.encode("utf-8")
