"""A build that dies at any of its calls to the disk: nobody takes a half tree, and the next build mends it.

`dying` runs the write in processes of its own and ends each before another of its calls.
"""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.bundle import compare, disk
from compiler.bundle.assemble import Bundle
from tests.compiler.bundle.dying import DIED
from tests.compiler.bundle.trees import NEW, OLD, OTHER, bundle, content, on_disk
from tests.compiler.material import ROOT

WORDS = [sys.executable, "-m", "tests.compiler.bundle.dying"]


class Attempts:
    """Writes that die where they are told to."""

    def __init__(self, process: subprocess.Popen[str]):
        self.process = process

    def __call__(self, out: Path, wanted: Bundle, stop: int) -> tuple[int, int]:
        """Exit code and number of events of a write that dies at event `stop`."""
        place = out.parent / "bundle.pickle"
        place.write_bytes(pickle.dumps(wanted))
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(f"{out} {place} {stop}\n")
        self.process.stdin.flush()
        code, events = self.process.stdout.readline().split()
        assert int(code) in (0, DIED), f"exit {code} at event {stop}"
        return int(code), int(events)


@pytest.fixture(scope="module")
def attempt() -> Iterator[Attempts]:
    with subprocess.Popen(
        WORDS, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Attempts(process)
        assert process.stdin is not None
        process.stdin.close()
    assert process.returncode == 0


def interrupted(
    attempt: Attempts, folder: Path, first: Bundle | None, second: Bundle
) -> Iterator[tuple[int, Path]]:
    """The tree after a write of `second` over `first` died at each of its events."""
    before = folder / "before"
    if first is not None:
        disk.write(before, first)
    stop = 0
    while True:
        stop += 1
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        if first is not None:
            shutil.copytree(before, out, symlinks=True)
        if attempt(out, second, stop)[0] == 0:
            assert stop > 20
            return
        yield stop, out


CASES: dict[str, tuple[Bundle | None, Bundle]] = {
    "the first build": (None, bundle({"docs/a": "1", "docs/b/c": "2"})),
    "a change of everything": (OLD, NEW),
    "and back": (NEW, OLD),
}


@pytest.mark.parametrize("name", CASES)
def test_death_at_every_call(attempt: Attempts, tmp_path: Path, name: str):
    first, second = CASES[name]
    states = {"old": 0, "half": 0, "new": 0}
    for stop, out in interrupted(attempt, tmp_path, first, second):
        states[judge(out, first, second, stop)] += 1
        mend(out, second, stop)
    assert all(states.values()), states


def judge(out: Path, first: Bundle | None, second: Bundle, stop: int) -> str:
    """The tree is whole, old or new, or `check` refuses it as half written."""
    found = on_disk(out)
    said = [one.code for one in compare.compare(out, second)]
    if said == ["DN216"]:
        assert [one.code for one in compare.compare(out, first or {})] == ["DN216"]
        return "half"
    assert found in (content(first or {}), content(second)), (stop, said)
    assert (said == []) == (found == content(second)), stop
    return "new" if found == content(second) else "old"


def mend(out: Path, second: Bundle, stop: int) -> None:
    """The next build makes exactly the new tree; one of another spec makes exactly that one."""
    copy = out.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    if out.exists():
        shutil.copytree(out, copy, symlinks=True)
    disk.write(out, second)
    assert on_disk(out, work=True) == content(second), stop
    assert compare.compare(out, second) == [], stop
    disk.write(copy, OTHER)
    assert on_disk(copy, work=True) == content(OTHER), stop


def test_death_while_mending(attempt: Attempts, tmp_path: Path):
    """Die once in the middle of the moves, then at every call of the run that completes them."""
    disk.write(tmp_path / "whole", OLD)
    _, total = attempt(tmp_path / "whole", NEW, 0)
    middle = tmp_path / "middle"
    disk.write(middle, OLD)
    assert attempt(middle, NEW, total - 8)[0] == DIED
    assert disk.half_done(middle)
    stop = 0
    while True:
        stop += 1
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(middle, out)
        if attempt(out, OTHER, stop)[0] == 0:
            break
        assert disk.half_done(out) or on_disk(out) in (content(NEW), content(OTHER)), stop
        mend(out, NEW, stop)
    assert stop > 20


def test_a_half_tree_is_seen_even_when_the_journal_is_gone(attempt: Attempts, tmp_path: Path):
    """The judge can say no: without the journal the same tree is neither old nor new, and differs."""
    disk.write(tmp_path / "whole", OLD)
    _, total = attempt(tmp_path / "whole", NEW, 0)
    out = tmp_path / "out"
    disk.write(out, OLD)
    assert attempt(out, NEW, total - 8)[0] == DIED
    shutil.rmtree(out / disk.WORK)
    assert on_disk(out) not in (content(OLD), content(NEW))
    assert compare.compare(out, OLD) != [] and compare.compare(out, NEW) != []
    with pytest.raises(AssertionError):
        judge(out, OLD, NEW, 0)
