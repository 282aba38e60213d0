"""`check`: each way in which a tree can differ from its bundle has its own code, and nothing is written."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from compiler.bundle import compare, disk
from compiler.bundle.assemble import MANIFEST
from compiler.bundle.manifest import sha256
from tests.compiler.bundle.trees import NEW, OLD, bundle, lay, on_disk

EDITS = {
    "hand-edited": (lambda out: (out / "docs/page.md").write_text("mine"), "DN211", "docs/page.md"),
    "missing": (lambda out: (out / "docs/page.md").unlink(), "DN212", "docs/page.md"),
    "extra": (lambda out: lay(out, {"docs/mine": "mine"}), "DN213", "docs/mine"),
    "extra link": (lambda out: (out / "mine").symlink_to("docs"), "DN213", "mine"),
    "extra pipe": (lambda out: os.mkfifo(out / "mine"), "DN213", "mine"),
    "mode": (lambda out: (out / "docs/page.md").chmod(0o755), "DN215", "docs/page.md"),
}


@pytest.mark.parametrize("name", EDITS)
def test_one_difference_is_one_finding(tmp_path: Path, name: str):
    edit, code, path = EDITS[name]
    disk.write(tmp_path, OLD)
    edit(tmp_path)
    before = on_disk(tmp_path, work=True)
    (found,) = compare.compare(tmp_path, OLD)
    assert (found.code, found.file, found.severity) == (code, f"{tmp_path}/{path}", "error")
    assert found.help
    assert on_disk(tmp_path, work=True) == before


def test_a_tree_that_is_right_has_none(tmp_path: Path):
    disk.write(tmp_path, OLD)
    assert compare.compare(tmp_path, OLD) == []


def test_a_link_in_place_of_a_file(tmp_path: Path):
    disk.write(tmp_path, OLD)
    place = tmp_path / "docs/page.md"
    place.rename(tmp_path.parent / "elsewhere.md")
    place.symlink_to(tmp_path.parent / "elsewhere.md")
    assert [one.code for one in compare.compare(tmp_path, OLD)] == ["DN211"]


def test_a_link_in_place_of_a_folder(tmp_path: Path):
    disk.write(tmp_path / "out", OLD)
    (tmp_path / "out/docs").rename(tmp_path / "docs")
    (tmp_path / "out/docs").symlink_to(tmp_path / "docs")
    assert [one.code for one in compare.compare(tmp_path / "out", OLD)] == ["DN213", "DN212"]


def test_another_spec(tmp_path: Path):
    disk.write(tmp_path, OLD)
    found = {
        one.file and one.file.removeprefix(f"{tmp_path}/"): one.code for one in compare.compare(tmp_path, NEW)
    }
    assert found == {
        **{path: "DN214" for path in OLD if path not in NEW},
        **{path: "DN212" for path in NEW if path not in OLD},
        "docs/page.md": "DN210",
        "hosts/a/root/etc/changed": "DN210",
        "hosts/a/root/usr/program": "DN215",
        MANIFEST: "DN210",
    }


def test_no_tree_at_all(tmp_path: Path):
    assert [one.code for one in compare.compare(tmp_path / "none", OLD)] == ["DN217"]
    assert not (tmp_path / "none").exists()


def test_a_tree_whose_manifest_was_deleted(tmp_path: Path):
    disk.write(tmp_path, OLD)
    (tmp_path / MANIFEST).unlink()
    assert [one.code for one in compare.compare(tmp_path, OLD)] == ["DN217"]
    assert disk.write(tmp_path, OLD).written == ()
    assert compare.compare(tmp_path, OLD) == []


def test_strangers_in_a_tree_just_written_are_named(tmp_path: Path):
    disk.write(tmp_path, OLD)
    assert compare.strangers(tmp_path, OLD) == []
    (tmp_path / "docs/mine").write_text("mine")
    (found,) = compare.strangers(tmp_path, OLD)
    assert (found.code, found.severity, found.file) == ("DN213", "warning", f"{tmp_path}/docs/mine")


def test_a_manifest_that_cannot_be_read(tmp_path: Path):
    disk.write(tmp_path, OLD)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(disk.Refused):
        compare.compare(tmp_path, OLD)


def test_a_manifest_edited_to_own_an_edit_is_seen(tmp_path: Path):
    disk.write(tmp_path, bundle({"a": "1", "b": "2"}))
    (tmp_path / "a").write_text("mine")
    listed = json.loads((tmp_path / MANIFEST).read_text())
    listed["files"]["a"]["sha256"] = sha256(b"mine")
    (tmp_path / MANIFEST).write_text(json.dumps(listed))
    assert {one.code for one in compare.compare(tmp_path, bundle({"a": "1", "b": "2"}))} == {"DN210"}


@pytest.mark.parametrize(
    ("there", "wanted", "diff"),
    [
        ("a\nb\n", "a\nc\n", "--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"),
        ("a", "a\n", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"),
    ],
)
def test_the_diff_is_from_what_is_there_to_what_should_be(tmp_path: Path, there: str, wanted: str, diff: str):
    disk.write(tmp_path, bundle({"x": there}))
    (found,) = [
        one for one in compare.compare(tmp_path, bundle({"x": wanted})) if one.file == f"{tmp_path}/x"
    ]
    assert found.detail == diff


def test_bytes_are_told_by_their_number(tmp_path: Path):
    disk.write(tmp_path, bundle({"x": "a"}))
    (tmp_path / "x").write_bytes(b"\xff\xfe")
    (found,) = compare.compare(tmp_path, bundle({"x": "a"}))
    assert found.detail == "x: 2 bytes are there and 1 are wanted\n"
