"""Writing a tree: it becomes exactly the bundle, beside whatever was never the compiler's."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from compiler.bundle import disk
from compiler.bundle.assemble import MANIFEST, Bundle
from tests.compiler.bundle.trees import NEW, OLD, OTHER, bundle, content, lay, on_disk
from tests.compiler.material import ROOT

EMPTY = bundle({})


@pytest.mark.parametrize("first", [OLD, NEW, OTHER, EMPTY])
@pytest.mark.parametrize("second", [OLD, NEW, OTHER, EMPTY])
def test_a_tree_becomes_the_bundle_whatever_it_was(tmp_path: Path, first: Bundle, second: Bundle):
    out = tmp_path / "deep" / "generated"
    disk.write(out, first)
    assert on_disk(out, work=True) == content(first)
    disk.write(out, second)
    assert on_disk(out, work=True) == content(second)


def test_what_a_write_says_it_did(tmp_path: Path):
    assert disk.write(tmp_path, OLD) == disk.Changes(tuple(path for path in OLD if path != MANIFEST))
    assert disk.write(tmp_path, OLD) == disk.Changes()
    assert disk.write(tmp_path, NEW) == disk.Changes(
        tuple(path for path in NEW if path not in (MANIFEST, "hosts/a/root/etc/same")),
        tuple(path for path in OLD if path not in NEW),
    )


def test_nothing_is_touched_when_nothing_changes(tmp_path: Path):
    disk.write(tmp_path, OLD)
    before = {place: place.lstat() for place in tmp_path.rglob("*")}
    disk.write(tmp_path, OLD)
    assert {place: place.lstat() for place in tmp_path.rglob("*")} == before


def test_a_hand_edit_is_overwritten(tmp_path: Path):
    disk.write(tmp_path, OLD)
    (tmp_path / "docs/page.md").write_text("mine")
    (tmp_path / "hosts/a/root/etc/same").unlink()
    (tmp_path / "hosts/a/root/etc/changed").chmod(0o755)
    (tmp_path / "hosts/b/root/etc/gone").unlink()
    (tmp_path / "hosts/b/root/etc/gone").symlink_to("/etc/passwd")
    assert disk.write(tmp_path, OLD).written == (
        "docs/page.md",
        "hosts/a/root/etc/changed",
        "hosts/a/root/etc/same",
        "hosts/b/root/etc/gone",
    )
    assert on_disk(tmp_path) == content(OLD)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_modes_do_not_depend_on_the_umask(tmp_path: Path, mask: int):
    before = os.umask(mask)
    try:
        disk.write(tmp_path / "out", NEW)
    finally:
        os.umask(before)
    assert on_disk(tmp_path / "out") == content(NEW)
    assert {place.stat().st_mode & 0o777 for place in (tmp_path / "out").rglob("*") if place.is_dir()} == {
        0o755
    }


# ── What is not the compiler's


def test_foreign_files_beside_the_tree_stay(tmp_path: Path):
    mine = {"README.md": "mine", "hosts/a/notes": "mine", "hosts/b/root/etc/mine": "mine"}
    disk.write(tmp_path, EMPTY)
    lay(tmp_path, mine)
    for made in (OLD, NEW, EMPTY):
        disk.write(tmp_path, made)
        assert on_disk(tmp_path) == {**content(made), **dict.fromkeys(mine, (b"mine", 420))}


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path: Path):
    lay(tmp_path, {"thesis.txt": "mine"})
    with pytest.raises(disk.Refused, match="it is not a compiled tree"):
        disk.write(tmp_path, OLD)
    assert on_disk(tmp_path) == {"thesis.txt": (b"mine", 420)}


def test_a_link_on_the_way_to_an_unchanged_file_is_refused(tmp_path: Path):
    disk.write(tmp_path / "out", OLD)
    (tmp_path / "out/docs").rename(tmp_path / "elsewhere")
    (tmp_path / "out/docs").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(disk.Refused, match="docs is in the way"):
        disk.write(tmp_path / "out", OLD)


def foreign_file(out: Path) -> str:
    lay(out, {"clients/c/new": "mine"})
    return "clients/c/new"


def foreign_link(out: Path) -> str:
    (out / "clients/c").mkdir(parents=True)
    (out / "clients/c/new").symlink_to("/nowhere")
    return "clients/c/new"


def file_for_a_folder(out: Path) -> str:
    lay(out, {"clients": "mine"})
    return "clients"


def pipe_for_a_folder(out: Path) -> str:
    os.mkfifo(out / "clients")
    return "clients"


def link_for_a_folder(out: Path) -> str:
    (out.parent / "elsewhere").mkdir()
    (out / "clients").symlink_to(out.parent / "elsewhere")
    return "clients"


def folder_for_a_file(out: Path) -> str:
    lay(out, {"clients/c/new/mine": "mine"})
    return "clients/c/new"


def folder_for_an_owned_file(out: Path) -> str:
    (out / "docs/page.md").unlink()
    lay(out, {"docs/page.md/mine": "mine"})
    return "docs/page.md"


def folder_for_a_file_that_goes(out: Path) -> str:
    (out / "hosts/b/root/etc/gone").unlink()
    lay(out, {"hosts/b/root/etc/gone/mine": "mine"})
    return "hosts/b/root/etc/gone"


def empty_folder_for_a_file_that_goes(out: Path) -> str:
    (out / "hosts/b/root/etc/gone").unlink()
    (out / "hosts/b/root/etc/gone").mkdir()
    return "hosts/b/root/etc/gone"


def mine_in_a_folder_that_becomes_a_file(out: Path) -> str:
    lay(out, {"hosts/a/root/opt/was-folder/mine": "mine"})
    return "hosts/a/root/opt/was-folder"


def owned_folder_moved_behind_a_link(out: Path) -> str:
    (out / "docs").rename(out.parent / "elsewhere")
    (out / "docs").symlink_to(out.parent / "elsewhere")
    return "docs"


BLOCKERS = [
    foreign_file,
    foreign_link,
    file_for_a_folder,
    pipe_for_a_folder,
    link_for_a_folder,
    folder_for_a_file,
    folder_for_an_owned_file,
    folder_for_a_file_that_goes,
    empty_folder_for_a_file_that_goes,
    mine_in_a_folder_that_becomes_a_file,
    owned_folder_moved_behind_a_link,
]


@pytest.mark.parametrize("block", BLOCKERS)
def test_what_is_in_the_way_stops_it_before_anything_changes(tmp_path: Path, block):
    out = tmp_path / "out"
    disk.write(out, OLD)
    named = block(out)
    before = on_disk(tmp_path, work=True)
    with pytest.raises(disk.Refused) as refused:
        disk.write(out, NEW)
    assert [(one.code, one.file) for one in refused.value.findings] == [("DN203", f"{out}/{named}")]
    assert on_disk(tmp_path, work=True) == before


def test_empty_folders_in_the_way_are_nobodys(tmp_path: Path):
    (tmp_path / "clients/c/new/x/y").mkdir(parents=True)
    (tmp_path / "clients/c/new/z").mkdir(parents=True)
    disk.write(tmp_path, NEW)
    assert on_disk(tmp_path) == content(NEW)


def test_a_tree_behind_a_link_that_the_caller_names_is_written(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "real")
    disk.write(tmp_path / "out", NEW)
    assert on_disk(tmp_path / "real") == content(NEW)


# ── Manifests that cannot be trusted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"files": []}',
        '{"files": {"a": {}}}',
        '{"files": {"a": "x"}}',
        "\udcff",
        '{"files": null}',
    ],
)
def test_a_manifest_that_cannot_be_read_stops_it(tmp_path: Path, text: str):
    disk.write(tmp_path, OLD)
    (tmp_path / MANIFEST).write_bytes(text.encode("utf-8", "surrogateescape"))
    before = on_disk(tmp_path)
    with pytest.raises(disk.Refused) as refused:
        disk.write(tmp_path, NEW)
    assert [one.code for one in refused.value.findings] == ["DN202"]
    assert on_disk(tmp_path) == before


@pytest.mark.parametrize("path", ["../mine", "/mine", "docs/../../mine", "", ".dncompile/x", "."])
def test_a_manifest_owns_nothing_outside_its_tree(tmp_path: Path, path: str):
    out = tmp_path / "out"
    disk.write(out, OLD)
    lay(tmp_path, {"mine": "mine"})
    listed = json.loads((out / MANIFEST).read_text())
    listed["files"][path] = {"sha256": "0" * 64, "mode": "0644"}
    (out / MANIFEST).write_text(json.dumps(listed))
    disk.write(out, NEW)
    assert on_disk(out) == content(NEW)
    assert (tmp_path / "mine").read_text() == "mine"


# ── Two at once

HOLD = """
import fcntl, os, sys
handle = os.open(sys.argv[1], os.O_RDONLY)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_another_run_at_work_stops_it(tmp_path: Path):
    disk.write(tmp_path, OLD)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None and other.stdout.readline() == b"held\n"
    with pytest.raises(disk.Refused) as refused:
        disk.write(tmp_path, NEW)
    other.communicate()
    assert [one.code for one in refused.value.findings] == ["DN201"]
    assert on_disk(tmp_path, work=True) == content(OLD)
    disk.write(tmp_path, NEW)
    assert on_disk(tmp_path, work=True) == content(NEW)


def test_the_lock_is_given_back(tmp_path: Path):
    disk.write(tmp_path, OLD)
    handle = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(handle)
