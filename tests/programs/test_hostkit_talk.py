"""Speech: priorities for the journal, one result, and no control characters from a peer."""

from __future__ import annotations

import json

import pytest
from hostkit import talk


def test_each_line_has_its_priority(capsys: pytest.CaptureFixture[str]) -> None:
    talk.error("a\nb")
    talk.warning("c")
    talk.info("d\x1b[2J")
    captured = capsys.readouterr()
    assert captured.err.splitlines() == ["<3>a", "<3>b", "<4>c", "<6>d?[2J"]
    assert captured.out == ""


def test_the_result_is_one_json_line_or_a_line_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    result = {"dry_run": True, "text": "a\nb", "list": [1, "é"]}
    talk.emit(result, True)
    assert json.loads(capsys.readouterr().out) == result
    talk.emit(result, False)
    assert capsys.readouterr().out.splitlines() == ["dry run: true", "text: a?b", 'list: [1, "é"]']
