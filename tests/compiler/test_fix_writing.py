"""The mended spec on the disk: all old or all new, its mode and links kept, and nobody's work lost."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from compiler.fix import writing


def test_mode_link_and_bytes(tmp_path: Path):
    real, link = tmp_path / "real.yaml", tmp_path / "specs.yaml"
    real.write_bytes("ä: 1\r\n".encode())
    real.chmod(0o640)
    link.symlink_to("real.yaml")
    assert writing.write(link, "ä: 1\r\n", "ä: 2\r\n") == []
    assert link.is_symlink() and real.read_bytes() == "ä: 2\r\n".encode()
    assert real.stat().st_mode & 0o7777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["real.yaml", "specs.yaml"]


def test_somebody_elses_change_is_not_undone(tmp_path: Path):
    place = tmp_path / "x.yaml"
    place.write_text("a: 3\n")
    (refused,) = writing.write(place, "a: 1\n", "a: 2\n")
    assert refused.code == "DN230" and place.read_text() == "a: 3\n" and len([*tmp_path.iterdir()]) == 1


def test_a_disk_that_refuses_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    place = tmp_path / "x.yaml"
    place.write_text("a: 1\n")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        writing.write(place, "a: 1\n", "a: 2\n")
    assert place.read_text() == "a: 1\n" and len([*tmp_path.iterdir()]) == 1
