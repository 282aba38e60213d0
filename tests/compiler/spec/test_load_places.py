"""Where in the file a field error is shown: at the key or the value, and once."""

from __future__ import annotations

import re

import pytest

from compiler.diagnostics import Diagnostic
from compiler.source import read_text
from compiler.spec.load import load
from tests.compiler.material import changed, document, put
from tests.compiler.spec.edited import TEXT


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
    given = {"listen_ipv6": True, "connect_timeout": "5s"}
    (finding,) = load(changed(put(("proxy",), given))).findings
    assert finding.message.startswith("`proxy` lacks the keys `read_timeout`, `send_timeout`, ")
    assert "\nretry_after: 30s\n" in finding.help
    assert "\ntls: {certificates: …, acme_webroot: …, hsts: …, session_timeout: …}\n" in finding.help
    assert finding.help.endswith("with a value for each …; `git diff` shows what was taken out")


@pytest.mark.parametrize("lines", [4, 50, 120])
def test_a_file_that_lost_its_end_is_told_in_one_line(lines: int):
    text = "\n".join(TEXT.split("\n")[:lines])
    finding = next(one for one in load(document(text)).findings if one.message.startswith("the spec lacks"))
    assert re.fullmatch(r"the file may have lost its end: its last key is `\w+`; `git diff` .*", finding.help)
