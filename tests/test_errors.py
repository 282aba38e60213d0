"""Every bad spec below tests/errors/ gives exactly the findings that its file lists, and writes nothing."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from compiler.rules import RULES
from targets import TARGETS
from tests import cases
from tests.cases import Case

ALL = cases.every()
EVERY_RULE = sorted([rule.code for rule in RULES] + [rule.code for one in TARGETS for rule in one.rules])
LEAST = 120


def code(line: str) -> str:
    return line.split(" ", 1)[0]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_bad_spec_gives_exactly_its_findings(case: Case, tmp_path: Path):
    found = cases.findings(case, tmp_path)
    assert [cases.shown(one) for one in found] == [" ".join(line.split(" ")[:2]) for line in case.expected]
    for line, one in zip(case.expected, found, strict=True):
        assert "".join(line.split(" ", 2)[2:]) in one.message


def test_there_are_enough_bad_specs():
    assert len([case for case in ALL if case.expected]) >= LEAST


def test_every_rule_is_shown_broken_nearly_broken_and_among_others():
    kinds = defaultdict(set)
    for case in ALL:
        codes = {code(line) for line in case.expected}
        if not codes:
            kinds[case.about].add("near miss")
        for one in codes:
            kinds[one].add("alone" if len(codes) == 1 else "among others")
    missing = {
        rule: sorted({"alone", "near miss", "among others"} - kinds[rule])
        for rule in EVERY_RULE
        if kinds[rule] != {"alone", "near miss", "among others"}
    }
    assert missing == {}


def test_a_case_that_expects_the_wrong_place_is_seen(tmp_path: Path):
    case = next(case for case in ALL if case.expected)
    line = code(case.expected[0]) + " 1:99"
    wrong = Case(case.name, case.spec, case.text, (line, *case.expected[1:]))
    with pytest.raises(AssertionError):
        test_a_bad_spec_gives_exactly_its_findings(wrong, tmp_path)
