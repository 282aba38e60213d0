"""What holds for every rule; that each finds what it is for, and where, is shown by tests/errors/."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler.rule import Finding, Rule, each
from compiler.rules import RULES, check
from compiler.spec.unknown import Unknown
from tests.compiler.material import SPEC, TRUTH_BOOK, put, runtime
from tests.fragments import ALL_RULES

CITES = re.compile(r"sections? \d|RFC \d|\(facts: |\([a-z.-]+(?:\(\d\))?[:)]")


def test_codes_are_in_order_and_nobody_uses_one_twice():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(codes)
    assert len({one.code for one in ALL_RULES}) == len(ALL_RULES)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_reason_and_a_page_beside_it(rule: Rule):
    assert rule.page.is_file(), f"write {rule.page}"
    assert CITES.search(rule.reason), "cite where it is decided"


@pytest.mark.parametrize("spec", [SPEC, TRUTH_BOOK])
def test_the_specs_keep_every_rule(spec: Path):
    assert list(check(runtime(spec=spec), [rule for rule in ALL_RULES if rule not in RULES])) == []


def test_what_is_unknown_of_one_entry_hides_nothing_of_the_others():
    def entries(_):
        yield from (("first", 1), ("second", 2), ("third", 3))

    def only_odd(_, key, number):
        if number == 2:
            raise Unknown(key)
        yield Finding((key,), "found", "")

    assert [one.path for one in each(entries, only_odd)(runtime())] == [("first",), ("third",)]


def test_a_rule_that_is_broken_says_its_reason_and_is_seen():
    found = check(runtime(put(("network",), "8.0.0.0/8")))
    broken = next(one for one in found if one.code == "DN056")
    rule = next(one for one in RULES if one.code == "DN056")
    assert (broken.reason, broken.severity, broken.path) == (rule.reason, "error", ("network",))
    assert broken.message and broken.help
