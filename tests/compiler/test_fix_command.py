"""The command `dncompile fix`: what it shows, what it writes, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.compiler.material import ROOT, SPEC


@pytest.fixture
def site(tmp_path: Path) -> Path:
    shutil.copytree(SPEC.parent, tmp_path / "specs")
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "compiler.cli", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def spoil(site: Path, old: str = "\ntitle: ", new: str = "\ntittle: ") -> str:
    place = site / "specs/runtime.yaml"
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new, 1), "utf-8")
    return text


def test_the_diff_first_and_then_the_file(site: Path):
    good = spoil(site)
    bad = (site / "specs/runtime.yaml").read_text("utf-8")
    shown = run(site, "fix")
    assert shown.returncode == 1
    assert shown.stdout.startswith("--- a/specs/runtime.yaml\n+++ b/specs/runtime.yaml\n@@ ")
    assert "\n-tittle: " in shown.stdout and "\n+title: " in shown.stdout
    assert "mends error[DN020] specs/runtime.yaml:" in shown.stderr and "--apply" in shown.stderr
    assert (site / "specs/runtime.yaml").read_text("utf-8") == bad and not (site / "generated").exists()
    written = run(site, "fix", "--apply")
    assert (written.returncode, written.stdout) == (0, shown.stdout)
    assert written.stderr.endswith("specs/runtime.yaml: 1 finding mended\n")
    assert (site / "specs/runtime.yaml").read_text("utf-8") == good
    again = run(site, "fix")
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == "specs/runtime.yaml: nothing to mend\n"
    assert run(site, "fix", "--apply", "-q").stderr == ""


def test_the_diff_can_be_applied(site: Path):
    good = spoil(site)
    shown = run(site, "fix")
    subprocess.run(
        ["git", "apply", "-"],
        cwd=site,
        input=shown.stdout,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"]},
    )
    assert (site / "specs/runtime.yaml").read_text("utf-8") == good


def test_findings_that_remain_are_shown(site: Path):
    spoil(site)
    spoil(site, "\nversion: 1\n", "\nversion: many\n")
    for words, shown in ((["fix"], True), (["fix", "--apply"], True), (["fix", "--apply"], False)):
        done = run(site, *words)
        assert done.returncode == 1 and "`version`" in done.stderr and "1 error" in done.stderr
        assert bool(done.stdout) == shown


def test_programs_get_findings_with_edits(site: Path):
    spoil(site)
    for words in (["fix"], ["check"]):
        done = run(site, *words, "--format", "json")
        (one,) = json.loads(done.stdout)["diagnostics"]
        assert done.returncode == 1 and [edit["text"] for edit in one["edits"]] == ["title"]
    assert json.loads(run(site, "fix", "--format", "sarif").stdout)["runs"][0]["results"][0]["fixes"]
    assert run(site, "fix", "--format", "github").stdout.startswith("::error file=")
    done = run(site, "fix", "--apply", "--format", "json")
    assert done.returncode == 0 and json.loads(done.stdout)["diagnostics"] == []
    assert json.loads(run(site, "build", "--format", "sarif").stdout)["runs"][0]["results"] == []


def test_a_spec_that_cannot_be_read(site: Path):
    (site / "specs/runtime.yaml").write_text("a: [")
    done = run(site, "fix", "--apply")
    assert done.returncode == 1 and "error[DN006]" in done.stdout
    assert (site / "specs/runtime.yaml").read_text() == "a: ["


# ── A build's reading


def test_values_that_cannot_be_read_keep_nothing_else_from_being_mended(site: Path):
    """One mistake of each stage: reading, fields, rules."""
    good = spoil(site)
    spoil(site, "\nversion: 1\n", "\nversion: 01\n")
    spoil(site, "\ncutover:\n", "\ncutover: # phases\n")
    shown = run(site, "fix")
    assert shown.returncode == 1 and "\n+title: " in shown.stdout
    assert "1 finding to mend, 1 would be left; --apply writes the edits\n" in shown.stderr
    written = run(site, "fix", "--apply")
    assert (written.returncode, written.stdout) == (1, shown.stdout)
    assert "error[DN013]: 01 has a leading zero" in written.stderr and "\n1 error\n" in written.stderr
    assert written.stderr.endswith("specs/runtime.yaml: 1 finding mended, 1 left\n")
    after = (site / "specs/runtime.yaml").read_text("utf-8")
    assert after == good.replace("\nversion: 1\n", "\nversion: 01\n").replace(
        "\ncutover:", "\ncutover: # phases"
    )
    again = run(site, "fix", "--apply")
    assert again.returncode == 1 and again.stderr.endswith("specs/runtime.yaml: no edit is certain\n")


def test_a_key_that_stands_there_twice_keeps_nothing_else_from_being_mended(site: Path):
    spoil(site)
    spoil(site, "\nversion: 1\n", "\nversion: 1\nversion: 1\n")
    written = run(site, "fix", "--apply")
    assert written.returncode == 1 and "error[DN012]" in written.stderr
    assert "\ntitle: " in (site / "specs/runtime.yaml").read_text("utf-8")


# ── The command that can be pasted


@pytest.mark.parametrize("folder", ["specs", "other specs", "it's"])
def test_the_command_that_is_named_mends_this_spec(site: Path, folder: str):
    good = spoil(site)
    (site / "specs").rename(site / folder)
    spec = f"{folder}/runtime.yaml"
    last = run(site, "check", "--spec", spec).stdout.splitlines()[-1]
    assert last.startswith("1 error (dncompile fix") and last.endswith(" mends 1)")
    assert ("--spec" in last) == (folder != "specs")
    command = last.removeprefix("1 error (dncompile ").removesuffix(" mends 1)")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    pasted = f"{sys.executable} -m compiler.cli {command} --apply"
    subprocess.run(["sh", "-c", pasted], cwd=site, env=env, check=True, capture_output=True)
    assert (site / spec).read_text("utf-8") == good


# ── Files of every sort


def test_windows_line_ends_stay(site: Path):
    good = spoil(site)
    place = site / "specs/runtime.yaml"
    place.write_bytes(place.read_bytes().replace(b"\n", b"\r\n"))
    assert run(site, "fix", "--apply").returncode == 0
    assert place.read_bytes() == good.encode().replace(b"\n", b"\r\n")


def test_a_byte_order_mark_is_refused_and_nothing_is_written(site: Path):
    spoil(site)
    place = site / "specs/runtime.yaml"
    place.write_bytes(b"\xef\xbb\xbf" + place.read_bytes())
    before = place.read_bytes()
    done = run(site, "fix", "--apply")
    assert done.returncode == 1 and "error[DN004]" in done.stdout and "without BOM" in done.stdout
    assert place.read_bytes() == before


def test_a_link_stays_a_link(site: Path):
    good = spoil(site)
    place, real = site / "specs/runtime.yaml", site / "elsewhere.yaml"
    place.rename(real)
    place.symlink_to("../elsewhere.yaml")
    assert run(site, "fix", "--apply").returncode == 0
    assert place.is_symlink() and os.readlink(place) == "../elsewhere.yaml"
    assert real.read_text("utf-8") == good and not real.is_symlink()
    assert not [one for one in (*site.iterdir(), *place.parent.iterdir()) if one.name.startswith(".")]


WITHOUT_POWERS = """
import ctypes, sys
for power in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root is held to modes like anybody
    ctypes.CDLL(None).prctl(24, power, 0, 0, 0)
import os
os.execv(sys.executable, [sys.executable, "-m", "compiler.cli", *sys.argv[1:]])
"""


def bound(site: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as somebody to whom the modes of files apply."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_POWERS, *words],
        cwd=site,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "mode", "why"),
    [
        ("specs/runtime.yaml", 0o444, "the file may not be written, see its mode and owner"),
        ("specs", 0o555, "no file may be made in its folder, "),
    ],
)
def test_what_may_not_be_written_is_left_alone(site: Path, name: str, mode: int, why: str):
    good = spoil(site)
    place = site / "specs/runtime.yaml"
    bad, there = place.read_bytes(), sorted(place.parent.iterdir())
    (site / name).chmod(mode)
    try:
        done = bound(site, "fix", "--apply")
        told = bound(site, "fix", "--apply", "--format", "json")
        shown = bound(site, "fix")
    finally:
        (site / name).chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "") and done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"error: specs/runtime.yaml: {why}")
    assert done.stderr.endswith("; nothing was written\n")
    assert told.returncode == 1 and json.loads(told.stdout)["diagnostics"][0]["code"] == "DN901"
    assert shown.returncode == 1 and "\n+title: " in shown.stdout
    assert place.read_bytes() == bad and sorted(place.parent.iterdir()) == there
    assert bound(site, "fix", "--apply").returncode == 0 and place.read_text("utf-8") == good
