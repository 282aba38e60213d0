"""Files that the spec names: read once, and a clear word for each that cannot be had."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from compiler.spec import inputs
from compiler.spec.load import load
from compiler.spec.path import SpecPath
from tests.compiler.material import document
from tests.compiler.spec.edited import SMALL, TEXT

LOCK: SpecPath = ("engine", "lock")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "specs"))


def problem(folder: Path, text: str = TEXT) -> tuple[str, str]:
    runtime = load(document(text)).runtime
    assert runtime is not None
    _, findings = inputs.read(runtime, folder)
    (finding,) = findings
    assert (finding.code, finding.path) == ("DN030", LOCK)
    return finding.message, finding.help


def test_every_file_that_is_named_is_read(folder: Path):
    runtime = load(document(TEXT)).runtime
    assert runtime is not None
    files, findings = inputs.read(runtime, folder)
    assert findings == []
    assert files == {name: (SMALL / name).read_bytes() for _, name in inputs.named(runtime)}


def test_what_is_not_there(folder: Path):
    (folder / "locks" / "engine.txt").unlink()
    message, way = problem(folder)
    assert message.endswith("No such file or directory") and "put it below" in way


def test_a_name_that_is_near_to_a_file(folder: Path):
    message, way = problem(folder, TEXT.replace("locks/engine.txt", "locks/engin.txt"))
    assert "locks/engin.txt cannot be read" in message
    assert way.startswith("did you mean `locks/engine.txt`?")


def test_a_directory_a_pipe_and_a_circle_of_links(folder: Path):
    place = folder / "locks" / "engine.txt"
    for make, said in (
        (os.mkfifo, "is no file"),
        (lambda path: path.symlink_to(path), "cannot be read"),
        (os.mkdir, "is no file"),
    ):
        place.unlink()
        make(place)
        assert said in problem(folder)[0]


def test_a_link_out_of_the_folder(folder: Path, tmp_path_factory: pytest.TempPathFactory):
    outside = tmp_path_factory.mktemp("outside") / "engine.txt"
    outside.write_text("x\n", "utf-8")
    place = folder / "locks" / "engine.txt"
    place.unlink()
    place.symlink_to(outside)
    assert problem(folder)[0].endswith("leads out of the spec's folder")


def test_a_file_that_is_too_large(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inputs, "LIMIT_BYTES", 100_000)
    (folder / "locks" / "engine.txt").write_text("x" * 100_001, "utf-8")
    assert problem(folder)[0].endswith("has more than 100000 bytes")


def test_stand_ins_are_not_looked_for():
    runtime = load(document(TEXT)).runtime
    assert runtime is not None
    hidden = frozenset({LOCK, ("route_sync",), ("models",)})
    assert inputs.read(runtime, SMALL / "nowhere", hidden) == ({}, [])
