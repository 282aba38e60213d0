"""A quote that is not closed on its line, a merge that is not finished, quotes of a word processor."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Diagnostic
from compiler.source import read_text
from tests.compiler.material import document


def places(found: Diagnostic) -> list[tuple[str, int, int]]:
    return [(one.message, one.span.line, one.span.column) for one in found.related if one.span]


def test_the_key_in_a_quoted_text_and_its_end_are_shown_beside_its_start():
    _, (found,) = read_text('a:\n  b: "x\n  # y\n  c: 1\n  d: "z"\n', "spec.yaml")
    assert found.code == "DN018" and "before line 5" in found.message and ">-" in found.help
    assert places(found) == [("this is taken for text", 4, 3), ("it is closed here", 5, 6)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('a: "x\n  y"\n', "x y"),
        ('a: "x\n  note: y"\n', "x note: y"),
        ("a: 'x\n\n  y'\n", "x\ny"),
        ("a: 'x\ny'\n", "x y"),
        ('a: "x\n  - y"\n', "x - y"),
        ('a: "b: c"\n', "b: c"),
        ("a: >-\n  'x\n  b: y\n", "'x b: y"),
    ],
)
def test_a_text_that_goes_over_lines_is_a_text(text: str, value: str):
    assert document(text).data == {"a": value}


def test_a_mistake_that_the_quote_did_not_make_is_said_too():
    _, found = read_text('a: "x\nb: "\nc: 1\nd: e: f\n', "spec.yaml")
    assert [(one.code, one.span.line) for one in found if one.span] == [("DN018", 1), ("DN006", 4)]


def test_what_follows_a_good_text_on_its_line_is_still_the_mistake():
    _, (found,) = read_text("a: 'x\n  y' z\n", "spec.yaml")
    assert found.code == "DN006" and "something follows" in found.message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("“3.10”", '"3.10"'),
        ("„so“", '"so"'),
        ("«a b»", '"a b"'),
        ("‘it’s’", '"it’s"'),
        ("”x”", '"x"'),
        ("“3.10", None),
    ],
)
def test_typographic_quotes_around_a_value(text: str, meant: str | None):
    made, (found,) = read_text(f"a: [1, {text}] # x\n", "spec.yaml", partial=True)
    assert made is not None and found.code == "DN013" and found.path == ("a", 1)
    assert (meant or "plain quotes") in found.help


@pytest.mark.parametrize("text", ["“so” it is", "“a” and “b”", "it’s", "’tis so", "a “b”", '"“x”"'])
def test_typographic_quotes_within_a_text(text: str):
    assert document(f"a: {text}\n").data == {"a": text.strip('"')}


def test_all_markers_of_a_merge_are_one_finding():
    text = "a: 1\n<<<<<<< x\nb: 1\n||||||| y\n=======\nb: 2\n>>>>>>> z\nc:\n=======\n"
    _, (found,) = read_text(text, "spec.yaml")
    assert found.code == "DN019" and [line for _, line, _ in places(found)] == [4, 5, 7, 9]


@pytest.mark.parametrize(
    "text", ["=======\n", ">>>>>>> a\n<<<<<<< b\n", "<<<<<<<< a\n>>>>>>>> b\n", "<<<<<<< a\n"]
)
def test_one_marker_alone_is_no_merge(text: str):
    _, found = read_text(text, "spec.yaml")
    assert "DN019" not in {one.code for one in found}


def test_markers_in_an_indented_text_are_text():
    text = "<<<<<<< a\n=======\n>>>>>>> b\n"
    indented = "".join(f"  {line}" for line in text.splitlines(keepends=True))
    assert document(f"a: |\n{indented}").data == {"a": text}
