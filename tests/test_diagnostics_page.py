"""Every code has a page, every example gives what the page says, and docs/diagnostics.md is made of them."""

from __future__ import annotations

import pytest

from compiler.pages import Example, Page
from tests.compiler.material import ROOT
from tests.compiler.test_diagnostics_codes import used
from tests.fragments import ALL_RULES, PAGES, findings
from tools.diagnostics_page import PLACE, page

EXAMPLES = [one for one in PAGES.values() if one.wrong or one.right]
# What these are about is not in the text of a spec.
WITHOUT_EXAMPLE = {"DN001", "DN002", "DN003", "DN026"}


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.code)
def test_the_wrong_example_gives_this_code_and_no_other(one: Page):
    assert one.wrong is not None
    assert {found.code for found in findings(one.wrong)} == {one.code}


@pytest.mark.parametrize("one", EXAMPLES, ids=lambda one: one.code)
def test_the_right_example_gives_nothing(one: Page):
    assert one.right is not None
    assert [found.message for found in findings(one.right)] == []


def test_a_right_example_that_is_wrong_is_seen():
    assert findings(Example("network: 8.0.0.0/8\n")) != ()


def test_every_code_has_a_page():
    assert sorted(PAGES) == sorted({code for code, *_ in used(ROOT)})


def test_every_code_about_a_spec_has_its_examples():
    about_specs = {one.code for one in PAGES.values() if one.stage in ("source", "spec", "rules", "targets")}
    assert about_specs - {one.code for one in EXAMPLES} == WITHOUT_EXAMPLE
    assert {rule.code for rule in ALL_RULES} <= set(PAGES)


def test_the_page_is_what_the_pages_say():
    assert PLACE.read_text("utf-8") == page(), "run make docs"
