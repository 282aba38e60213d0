"""Where in the file a field error is shown: at the key or the value, and once."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic
from compiler.source import read_text
from compiler.spec.load import load
from tests.compiler.material import document


def place(text: str, wanted: str) -> list[tuple[str, int, int, int]]:
    made = document(text)
    findings = load(made).findings
    located = [made.locate(one) for one in findings]
    return [(one.code, *span(one)) for one in located if one.code == wanted]


def span(finding: Diagnostic) -> tuple[int, int, int]:
    assert finding.span is not None
    return finding.span.line, finding.span.column, finding.span.width


SMALL = """\
version: 1
title: 12
engine:
  verson: 1.0
  name: sglang
"""


def test_the_place_is_that_of_the_key_or_the_value():
    assert place(SMALL, "DN020") == [("DN020", 4, 3, 6)]
    assert place(SMALL, "DN023") == [("DN023", 2, 8, 2), ("DN023", 4, 11, 3)]
    assert ("DN021", 3, 1, 6) in place(SMALL, "DN021")


def test_a_fault_behind_an_alias_is_where_the_alias_leads():
    text = "version: 1\nengine: &e\n  bad: 1\nproxy: *e\n"
    assert place(text, "DN020") == [("DN020", 3, 3, 3)] * 2


def test_a_fault_is_said_once():
    assert read_text("a: 1\n", "x")[0] is not None
    said = [one.message for one in load(document("version: 1\nengine: {}\nproxy: {}\n")).findings]
    assert len(said) == len(set(said)) == 3


def test_many_keys_that_are_missing_at_one_place_are_one_finding():
    (finding,) = load(document("version: 1\n")).findings
    assert finding.message.startswith("the spec lacks the keys `name`, `title`, `date`, ")
    assert "\nnetwork: 10.20.0.0/16\n" in finding.help
    assert "\nengine: a mapping with `name`, `version`, " in finding.help
