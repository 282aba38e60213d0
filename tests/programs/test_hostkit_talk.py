"""Speech: priorities for the journal, one result, and no control characters from a peer."""

from __future__ import annotations

import json
import os

import pytest
from hostkit import talk


def test_a_person_sees_no_priorities(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for stream in (None, "1:2"):
        if stream:
            monkeypatch.setenv("JOURNAL_STREAM", stream)
        talk.error("a")
        assert capsys.readouterr().err == "a\n"


def test_each_line_has_its_priority_in_the_journal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = os.fstat(2)
    monkeypatch.setenv("JOURNAL_STREAM", f"{there.st_dev}:{there.st_ino}")
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


def test_the_help_ends_with_the_exit_codes_as_they_were_written() -> None:
    doc = "Does it.\n\nExit codes:\n    0   done\n    1   not done\n"
    told = talk.parser(doc, "Do it.").format_help()
    assert "Do it." in told and "Does it." not in told
    assert told.endswith("Exit codes:\n    0   done\n    1   not done\n")
    talk.parser(None, "Do it.").format_help()
