"""Every key and value knows its line, column and width; a diagnostic finds the nearest of them."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Diagnostic, Span
from compiler.spec.path import SpecPath, dotted
from tests.compiler.material import document

TEXT = """\
größe: "ü b"
list:
  - a
  - {k: v, ключ: 'x y'}
folded: >-
  one
  two
base: &b {n: 1}
copy: *b
"""


@pytest.mark.parametrize("text", [TEXT, TEXT.replace("\n", "\r\n")], ids=["LF", "CRLF"])
@pytest.mark.parametrize(
    ("path", "key", "value"),
    [
        (("größe",), Span(1, 1, 5), Span(1, 8, 5)),
        (("list",), Span(2, 1, 4), Span(3, 3)),
        (("list", 0), Span(3, 5), Span(3, 5)),
        (("list", 1), Span(4, 5), Span(4, 5)),
        (("list", 1, "k"), Span(4, 6), Span(4, 9)),
        (("list", 1, "ключ"), Span(4, 12, 4), Span(4, 18, 5)),
        (("folded",), Span(5, 1, 6), Span(5, 9, 2)),
        (("copy",), Span(9, 1, 4), Span(9, 7, 2)),
        (("copy", "n"), Span(8, 11), Span(8, 14)),
        ((), Span(1, 1), Span(1, 1)),
    ],
)
def test_spans(text: str, path: SpecPath, key: Span, value: Span):
    made = document(text)
    if path:
        assert made.span(path, on_key=True).line == key.line
        assert made.keys[path] == key
    found = made.values[path]
    assert (found.line, found.column) == (value.line, value.column)
    if text == TEXT:
        assert found == value


@pytest.mark.parametrize(
    ("path", "on_key", "span"),
    [
        (("list", 1, "k"), False, Span(4, 9)),
        (("list", 1, "k"), True, Span(4, 6)),
        (("list", 1, "none"), False, Span(4, 5)),
        (("none",), False, Span(1, 1)),
        (("base", "none", "deeper"), False, Span(8, 1, 4)),
    ],
)
def test_a_finding_is_at_its_place_or_at_the_nearest_above(path: SpecPath, on_key: bool, span: Span):
    assert document(TEXT).locate(Diagnostic("DN000", "x", path=path, on_key=on_key)).span == span


def test_a_finding_that_knows_its_place_keeps_it():
    made = document(TEXT)
    known = Diagnostic("DN000", "x", path=("list",), span=Span(7, 7))
    other = Diagnostic("DN000", "x", file="elsewhere")
    assert made.locate(known) == known
    assert made.locate(other) is other


def test_an_alias_is_the_value_that_it_names():
    assert document("a: &x [1, {b: 2}]\nc: *x\nd: &x 3\ne: *x\n").data == {
        "a": (1, {"b": 2}),
        "c": (1, {"b": 2}),
        "d": 3,
        "e": 3,
    }


def test_lines_end_alike_on_every_system():
    assert document(TEXT).data == document(TEXT.replace("\n", "\r\n")).data


@pytest.mark.parametrize(
    ("path", "text"),
    [((), ""), (("a", "b"), "a.b"), (("a", 0, "b", 1), "a[0].b[1]"), ((0,), "[0]"), (("a-b",), "a-b")],
)
def test_a_path_as_a_person_writes_it(path: SpecPath, text: str):
    assert dotted(path) == text
