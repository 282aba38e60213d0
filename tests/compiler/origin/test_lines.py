"""When a line counts as moved."""

from __future__ import annotations

import pytest

from compiler.origin.lines import moved


@pytest.mark.parametrize(
    ("before", "after", "line", "token", "is_so"),
    [
        ("a\nb\nc", "a\nx\nc", 2, "", True),
        ("a\nb\nc", "a\nx\nc", 1, "", False),
        ("a\nb\nc", "a\nx\nc", 0, "", True),
        ("a\nb", "a\nb", 2, "", False),
        ("a\nb\nc", "a\nc", 2, "", True),
        ("a\nb\nc", "a\nc", 3, "", False),
        ("a\nb", "new\na\nb", 1, "", False),
        ("x one two", "x one three", 1, "one", False),
        ("x one two", "x other two", 1, "one", True),
        ("commands foo", "commands foox", 1, "foo", True),
        ("path /a/b/c", "path /a/bb/c", 1, "/a/b", True),
    ],
)
def test_moved(before: str, after: str, line: int, token: str, is_so: bool):
    assert moved(before, after, line, token) == is_so
