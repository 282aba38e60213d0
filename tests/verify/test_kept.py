"""Answers are kept by what was read and who read it; a whole one without compiling anything."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compiler.cli import cli
from tests import cases

KNOWN = "all of it known from before"


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(cases.folder_of("small"), tmp_path / "specs")
    return tmp_path / "specs" / "runtime.yaml"


def verify(spec: Path, *words: str) -> Result:
    done = CliRunner().invoke(cli, ["verify", "--only", "json", "--spec", str(spec), *words])
    assert done.exit_code == 0, done.output
    return done


def test_a_second_time_nothing_is_asked(spec: Path):
    assert KNOWN not in verify(spec).stderr
    assert KNOWN in verify(spec).stderr
    assert KNOWN not in verify(spec, "--no-cache").stderr


def test_another_spec_is_asked_anew_and_what_is_the_same_is_known(spec: Path):
    verify(spec)
    spec.write_text(spec.read_text("utf-8").replace("send_timeout: 60s", "send_timeout: 61s"), "utf-8")
    said = verify(spec).stderr
    assert KNOWN not in said and "known from before" in said


def test_another_file_that_the_spec_names_is_asked_anew(spec: Path):
    verify(spec)
    lock = spec.parent / "locks" / "tools.txt"
    lock.write_text(lock.read_text("utf-8") + "# another line\n", "utf-8")
    assert KNOWN not in verify(spec).stderr


def test_a_broken_cache_is_no_answer(spec: Path, tmp_path: Path):
    verify(spec)
    for folder, _, files in os.walk(tmp_path / "cache"):
        for file in files:
            Path(folder, file).write_bytes(b"\x00[")
    assert KNOWN not in verify(spec).stderr
    assert KNOWN in verify(spec).stderr


def test_a_cache_that_cannot_be_written_is_no_fault(spec: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/none")
    assert KNOWN not in verify(spec).stderr
