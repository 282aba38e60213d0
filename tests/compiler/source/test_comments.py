"""Comments are found where they are, and a # in a text is none."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Span
from compiler.source.comments import comments

TEXT = """\
# first x
a: b # second x
c: "# not x" # third x
d: |
  # not x
# fourth x
e: f#not x
g: >-
  folded # not x

  # not x
h: plain
  # fifth x
i: '# not x
  # not x'
#x
"""


def test_each_comment_is_found_once():
    found = comments(TEXT.split("\n"), lambda comment: "x" in comment)
    assert [(span.line, span.column, text) for span, text in found] == [
        (1, 1, "# first x"),
        (2, 6, "# second x"),
        (3, 14, "# third x"),
        (6, 1, "# fourth x"),
        (13, 3, "# fifth x"),
        (16, 1, "#x"),
    ]


def test_what_is_not_wanted_is_not_found():
    assert [*comments(TEXT.split("\n"), lambda comment: "third" in comment)] == [
        (Span(3, 14, 9), "# third x")
    ]


@pytest.mark.parametrize("text", ["a: b", "", "a: '#'"])
def test_a_file_may_have_none(text: str):
    assert [*comments([text], lambda comment: True)] == []


def test_the_end_of_a_line_is_no_part_of_one():
    assert [text for _, text in comments(["a: b # c\r", ""], lambda comment: True)] == ["# c"]
