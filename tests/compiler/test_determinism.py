"""Same spec, same bytes: whatever the machine, the place, the time and the state of the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.compiler.bundle.trees import on_disk
from tests.compiler.material import ROOT, SPEC
from tests.native.needs import needs


def compile_(
    folder: Path,
    *,
    words: tuple[str, ...] = (),
    cwd: Path = ROOT,
    umask: int = 0o022,
    env: dict[str, str] | None = None,
) -> dict:
    out = folder / "out"
    done = subprocess.run(
        [
            *words,
            sys.executable,
            "-m",
            "compiler.cli",
            "--spec",
            os.path.relpath(SPEC, cwd),
            "--out",
            str(out),
        ],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **(env or {})},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return on_disk(out, work=True)


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict:
    made = compile_(tmp_path_factory.mktemp("usual"))
    assert len(made) > 50
    return made


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "1", "TZ": "Pacific/Auckland"},
        {"PYTHONHASHSEED": "7", "LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"},
        {"HOME": "/nowhere", "USER": "nobody", "HOSTNAME": "other", "TMPDIR": "/nowhere"},
        {"SOURCE_DATE_EPOCH": "1", "COLUMNS": "20", "PYTHONOPTIMIZE": "1"},
        {"PYTHONIOENCODING": "latin-1", "DNCOMPILE_OUT": "/nowhere", "NO_COLOR": "1"},
    ],
    ids=",".join,
)
def test_the_environment_is_not_read(tmp_path: Path, usual: dict, env: dict[str, str]):
    assert compile_(tmp_path, env=env) == usual


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_umask_is_not_obeyed(tmp_path: Path, usual: dict, umask: int):
    assert compile_(tmp_path, umask=umask) == usual


def test_the_folder_is_any(tmp_path: Path, usual: dict):
    (tmp_path / "elsewhere").mkdir()
    assert compile_(tmp_path, cwd=tmp_path / "elsewhere") == usual


def test_the_specs_own_folder_is_any(tmp_path: Path, usual: dict):
    shutil.copytree(SPEC.parent, tmp_path / "another" / "place")
    out = tmp_path / "out"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "compiler.cli",
            "--spec",
            str(tmp_path / "another/place" / SPEC.name),
            "--out",
            str(out),
            "-q",
        ],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=True,
    )
    assert on_disk(out, work=True) == usual


def test_the_clock_is_not_read(tmp_path: Path, usual: dict):
    time.sleep(1.1)
    assert compile_(tmp_path) == usual


def test_a_fault_would_be_seen(tmp_path: Path, usual: dict):
    made = compile_(tmp_path)
    place = tmp_path / "out" / next(iter(made))
    place.write_bytes(place.read_bytes() + b"\n")
    assert on_disk(tmp_path / "out", work=True) != usual


@pytest.mark.native
def test_the_network_is_not_asked(tmp_path: Path, usual: dict):
    words = (needs("unshare"), "-rn")
    if subprocess.run([*words, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody make a network of their own")
    assert compile_(tmp_path, words=words) == usual
