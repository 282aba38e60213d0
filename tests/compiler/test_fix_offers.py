"""What a finding offers: an edit only where it is certain, and in its help lines that can be pasted."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostic
from compiler.fix import mend
from compiler.pipeline import compile_document
from compiler.pretty import show
from compiler.source import read_text
from targets import TARGETS
from tests import cases


def case(name: str) -> cases.Case:
    return cases.load(cases.FOLDER / f"{name}.yaml")


def found(name: str, code: str, folder: Path) -> Diagnostic:
    """The one finding of a code in a case."""
    (one,) = [one for one in cases.findings(case(name), folder) if one.code == code]
    return one


# ── A waiver that nothing needs goes, unless it may only stand in the wrong place


@pytest.mark.parametrize(
    ("name", "path", "stays"),
    [
        ("DN091-left-over", "waive", ""),
        ("DN091-beside-typo", "waive", ""),
        ("DN091-beside-one", "prefix_cache", "waive: {DN046: {overlap_scheduling: it crashed}}"),
    ],
)
def test_a_waiver_that_is_left_over_goes(name: str, path: str, stays: str, tmp_path: Path):
    one = case(name)
    (edit,) = found(name, "DN091", tmp_path).edits
    assert (edit.path[-1], edit.text, edit.on_key) == (path, None, True)
    mended = mend(
        cases.document(one.text.decode()),
        lambda made, unread: compile_document(made, one.spec.parent, TARGETS, unread).findings,
    )
    assert "DN091" not in {left.code for left in mended.after.findings}
    assert ("waive:" in mended.after.text) == bool(stays) and stays in mended.after.text


@pytest.mark.parametrize("name", ["DN046-waived-elsewhere", "DN091-of-nothing"])
def test_a_waiver_beside_a_finding_may_be_in_the_wrong_place_and_stays(name: str, tmp_path: Path):
    left_over = found(name, "DN091", tmp_path)
    assert left_over.edits == () and left_over.help == "name what it is about: `overlap_scheduling`"


# ── Several keys that are missing: lines that can be pasted

MISSING = """\
error[DN021]: `hosts.gpu-3` lacks the keys `os`, `systemd`, `python`, `given`, `instance`, `address`, `nvme`
  --> runtime.yaml:75:3
    |
 75 |   gpu-3: {role: gpu}
    |   ^^^^^
   = why: the compiler guesses nothing: what a host needs is written down
   = help: add:
           os: ubuntu-22.04  # as in hosts.gpu-1
           systemd: 249  # as in hosts.gpu-1
           python: "3.10"  # as in hosts.gpu-1
           given: {commands: [nvidia-smi], cuda: /usr/local/cuda}  # as in hosts.gpu-1
           instance: g6.12xlarge  # as in hosts.gpu-1
           address: {source: imds, last_seen: 10.20.1.5}  # as in hosts.gpu-1
           nvme: {mount: /mnt/nvme}  # as in hosts.gpu-1

1 error
"""


def test_all_that_is_missing_is_shown_as_lines_that_can_be_pasted(tmp_path: Path):
    text = case("DN021-new-host").text.decode()
    shown = show(
        [found("DN021-new-host", "DN021", tmp_path)],
        "runtime.yaml",
        text.split("\n"),
        "text",
        colour=False,
    )
    assert shown == MISSING
    added = "".join(f"\n    {line.strip()}" for line in MISSING.split("add:\n")[1].splitlines()[:7])
    mended, _ = read_text(text.replace("gpu-3: {role: gpu}", f"gpu-3:\n    role: gpu{added}"), "x")
    assert mended is not None
    said = compile_document(mended, case("DN021-new-host").spec.parent, TARGETS).findings
    assert "DN021" not in {one.code for one in said}
