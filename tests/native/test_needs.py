"""A missing program must never pass silently where it matters."""

from __future__ import annotations

import pytest

from tests.native.needs import needs

pytestmark = pytest.mark.native


def test_a_program_that_is_there_is_found():
    assert needs("sh").endswith("/sh")


def test_a_missing_program_skips_on_a_laptop(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-tool is not installed"):
        needs("no-such-tool")


def test_a_missing_program_fails_in_ci(monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-tool is not installed"):
        needs("no-such-tool")
