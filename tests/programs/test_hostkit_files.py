"""Atomic files, the lock and environment files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hostkit import config, files


def test_writes_with_its_mode_and_leaves_nothing_beside(tmp_path: Path) -> None:
    old = os.umask(0o077)
    try:
        files.write_atomic(tmp_path / "a", b"one")
        files.write_atomic(str(tmp_path / "a"), b"two", 0o640)
    finally:
        os.umask(old)
    assert (tmp_path / "a").read_bytes() == b"two"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["a"]


def test_a_failed_write_keeps_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(IsADirectoryError):
        files.write_atomic(tmp_path / "a", b"two")
    assert os.listdir(tmp_path) == ["a"]


def test_a_writer_that_is_killed_never_shows_half_a_file(tmp_path: Path) -> None:
    target = tmp_path / "a"
    folder = str(Path(files.__file__).parents[1])
    code = (
        f"import sys; sys.path.insert(0, {folder!r})\n"
        "from hostkit import files\n"
        "n = 0\n"
        "while True:\n"
        f"    n += 1; files.write_atomic({str(target)!r}, bytes([n % 256]) * 200000)\n"
        "    if n == 1: print(flush=True)\n"
    )
    for pause in (0.05, 0.1, 0.2):
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None and writer.stdout.readline() == b"\n"
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(timeout=pause)
            writer.kill()
        data = target.read_bytes()
        assert len(data) == 200000
        assert len(set(data)) == 1


def test_json_is_sorted_and_ends_a_line(tmp_path: Path) -> None:
    files.write_json(tmp_path / "a", {"b": 1, "a": [2]}, 0o600)
    assert (tmp_path / "a").read_text() == '{\n  "a": [\n    2\n  ],\n  "b": 1\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        files.write_json(tmp_path / "a", float("nan"))


def test_the_lock_is_held_once_and_is_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with files.locked(path):
        second = files.locked(str(path))
        with pytest.raises(files.Busy, match="another process holds"):
            second.__enter__()
    with files.locked(path):
        pass


def test_the_lock_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic links"):
        files.locked(tmp_path / "link").__enter__()
    assert not (tmp_path / "elsewhere").exists()


def test_reads_an_environment_file(tmp_path: Path) -> None:
    text = "# c\n; c\n\nA=1\n B=a b:/c \r\nC=\"x \\\"y\\\" \\\\ \\z\"\nD='\\n $x'\nE=\nF=''\nG=a=b#c"
    path = tmp_path / "env"
    path.write_bytes(text.encode())
    assert files.read_env_file(path) == {
        "A": "1",
        "B": "a b:/c",
        "C": 'x "y" \\ \\z',
        "D": "\\n $x",
        "E": "",
        "F": "",
        "G": "a=b#c",
    }


@pytest.mark.parametrize(
    "line",
    [
        "secret",
        "1A=secret",
        "A =secret",
        "export A=secret",
        'A="secret',
        "A='secret' x",
        "A=sec\\ret",
        "A=sec'ret'",
        "A=secret\0",
    ],
)
def test_refuses_a_line_and_does_not_tell_it(tmp_path: Path, line: str) -> None:
    path = tmp_path / "env"
    path.write_text(f"OK=1\n{line}\n")
    with pytest.raises(config.ConfigError, match=":2: ") as caught:
        files.read_env_file(str(path))
    assert "secret" not in str(caught.value)


def test_refuses_a_variable_given_twice_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "env"
    path.write_text("A=1\nA=2\n")
    with pytest.raises(config.ConfigError, match="A is given twice"):
        files.read_env_file(path)
    path.write_bytes(b"A=\xff\n")
    with pytest.raises(config.ConfigError, match="no UTF-8"):
        files.read_env_file(path)
    with pytest.raises(config.ConfigError, match="cannot be read"):
        files.read_env_file(tmp_path / "absent")
