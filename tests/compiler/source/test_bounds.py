"""The bounds of a spec are exact: as deep, as large and as long as they say, and not a bit more."""

from __future__ import annotations

from compiler.source import read_text
from compiler.source.limits import DEPTH_LIMIT, KEY_LIMIT, NODE_LIMIT, TEXT_LIMIT


def test_the_bound_of_depth_is_exact():
    deep = "[" * DEPTH_LIMIT + "]" * DEPTH_LIMIT
    assert read_text(deep, "spec.yaml")[1] == []
    assert [one.code for one in read_text(f"[{deep}]", "spec.yaml")[1]] == ["DN014"]


def test_the_bound_of_depth_counts_what_an_alias_stands_for():
    half = DEPTH_LIMIT // 2
    text = f"- &a {'[' * half}{']' * half}\n- {'[' * (half - 1)}*a{']' * (half - 1)}\n"
    assert read_text(text, "spec.yaml")[1] == []
    text = f"- &a {'[' * half}{']' * half}\n- {'[' * half}*a{']' * half}\n"
    document, (finding,) = read_text(text, "spec.yaml")
    assert document is None and finding.code == "DN014"
    assert finding.span is not None and (finding.span.line, finding.span.column) == (2, half + 3)


def test_the_bound_of_nodes_is_exact():
    assert read_text("[" + "x," * (NODE_LIMIT - 1) + "]", "spec.yaml")[1] == []
    assert [one.code for one in read_text("[" + "x," * NODE_LIMIT + "]", "spec.yaml")[1]] == ["DN015"]


def test_the_bounds_of_text_are_exact():
    assert read_text(f"{'k' * KEY_LIMIT}: {'x' * TEXT_LIMIT}", "spec.yaml")[1] == []
    assert [one.code for one in read_text(f"{'k' * KEY_LIMIT}k: '{'x' * TEXT_LIMIT}x'", "spec.yaml")[1]] == [
        "DN010",
        "DN002",
    ]
