"""The command line: exit codes, what goes to which stream, and that a fault never shows a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from compiler.cli import cli
from tests.compiler.bundle.trees import on_disk
from tests.compiler.material import ROOT, SPEC


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder as a person has it: `specs/runtime.yaml` and the files beside it."""
    shutil.copytree(SPEC.parent, tmp_path / "specs")
    return tmp_path


def run(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "compiler.cli", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )


def spoil(site: Path, old: str, new: str) -> None:
    place = site / "specs/runtime.yaml"
    text = place.read_text("utf-8")
    assert old in text
    place.write_text(text.replace(old, new, 1), "utf-8")


BAD = ("\ntitle: ", "\ntittle: ")


def test_build_check_and_build_again(site: Path):
    first = run(site)
    assert (first.returncode, first.stdout) == (0, "")
    assert first.stderr.splitlines()[-1].startswith("generated: ") and "written" in first.stderr
    made = on_disk(site / "generated", work=True)
    checked = run(site, "check")
    assert (checked.returncode, checked.stdout) == (0, "")
    assert checked.stderr == "generated is what specs/runtime.yaml compiles to\n"
    again = run(site, "build")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "generated is up to date\n")
    assert on_disk(site / "generated", work=True) == made


@pytest.mark.parametrize("words", [[], ["check"], ["build"], ["schema"]])
def test_quiet_says_nothing_when_all_is_well(site: Path, words: list[str]):
    run(site)
    done = run(site, *words, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("command", ["build", "check"])
def test_findings_are_results(site: Path, command: str):
    spoil(site, *BAD)
    done = run(site, command)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("error[DN02")
    assert "error[DN020]: the spec has no key `tittle`\n  --> specs/runtime.yaml:" in done.stdout
    assert "= help: did you mean `title`?" in done.stdout
    assert not (site / "generated").exists()


def test_nothing_is_written_on_an_error(site: Path):
    run(site)
    before = on_disk(site, work=True)
    spoil(site, *BAD)
    assert run(site).returncode == 1
    spoil(site, *reversed(BAD))
    assert on_disk(site, work=True) == before


def test_check_names_a_hand_edit_and_writes_nothing(site: Path):
    run(site)
    place = next((site / "generated/docs").iterdir())
    place.write_text("mine\n")
    before = on_disk(site, work=True)
    done = run(site, "check")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"error[DN211]: generated/docs/{place.name} was edited by hand" in done.stdout
    assert "\n-mine\n" in done.stdout and done.stdout.endswith("1 error\n")
    assert on_disk(site, work=True) == before
    assert run(site).returncode == 0 and run(site, "check").returncode == 0


def test_a_file_in_the_way(site: Path):
    (site / "generated/docs").mkdir(parents=True)
    (site / "generated/hosts").write_text("mine")
    done = run(site)
    assert done.returncode == 1 and "error[DN203]: generated/hosts is in the way" in done.stdout


def test_no_spec(tmp_path: Path):
    done = run(tmp_path)
    assert (done.returncode, done.stderr) == (1, "")
    assert "error[DN001]: specs/runtime.yaml cannot be read: No such file" in done.stdout
    assert list(tmp_path.iterdir()) == []


# ── Forms


@pytest.mark.parametrize("words", [["build"], ["check"]])
def test_json_is_json_whatever_happens(site: Path, words: list[str]):
    assert documents(run(site, "--format", "json")) == []
    assert documents(run(site, *words, "--format", "json")) == []
    spoil(site, *BAD)
    findings = documents(run(site, *words, "--format", "json"), 1)
    assert [one["code"] for one in findings] == ["DN020"]
    assert all(one["file"] == "specs/runtime.yaml" and one["line"] > 0 for one in findings)
    (site / "specs/runtime.yaml").unlink()
    assert [one["code"] for one in documents(run(site, *words, "--format", "json"), 1)] == ["DN001"]


def documents(done: subprocess.CompletedProcess[str], code: int = 0) -> list[dict]:
    assert done.returncode == code, done
    return json.loads(done.stdout)["diagnostics"]


def test_annotations(site: Path):
    spoil(site, *BAD)
    done = run(site, "check", "--format", "github")
    assert done.returncode == 1
    assert all(line.startswith("::error file=specs/runtime.yaml,line=") for line in done.stdout.splitlines())


def test_an_option_may_stand_before_or_after_the_command(site: Path):
    for words in (
        ["--out", "x", "build"],
        ["build", "--out", "x"],
        ["--out", "y", "build", "--out", "x"],
        ["--out", "x"],
    ):
        shutil.rmtree(site / "x", ignore_errors=True)
        assert run(site, *words).returncode == 0
        assert (site / "x/manifest.json").exists() and not (site / "y").exists()


# ── Wrong calls


@pytest.mark.parametrize(
    "words", [["nothing"], ["--nothing"], ["--format", "xml"], ["build", "x"], ["--spec"]]
)
def test_a_wrong_call(tmp_path: Path, words: list[str]):
    done = run(tmp_path, *words)
    assert done.returncode == 2 and done.stdout == "" and "Error: " in done.stderr
    assert CliRunner().invoke(cli, words).exit_code == 2


@pytest.mark.parametrize(
    "words", [["--help"], ["-h"], ["build", "--help"], ["check", "-h"], ["schema", "-h"]]
)
def test_help(words: list[str]):
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0 and "--spec" in done.output


# ── The schema


def test_the_schema_is_written_and_checked(site: Path):
    (site / "specs/runtime.schema.json").unlink(missing_ok=True)
    done = run(site, "schema", "--check")
    assert done.returncode == 1 and "error[DN220]" in done.stdout
    assert not (site / "specs/runtime.schema.json").exists()
    assert run(site, "schema").stderr == "specs/runtime.schema.json written\n"
    assert run(site, "schema", "--check").stderr == "specs/runtime.schema.json is current\n"
    assert json.loads((site / "specs/runtime.schema.json").read_text())["$schema"].startswith(
        "https://json-schema.org"
    )


# ── Faults that are not the spec's


def out_below_a_file(site: Path) -> list[str]:
    (site / "file").write_text("x")
    return ["--out", "file/generated"]


def out_is_a_file(site: Path) -> list[str]:
    (site / "file").write_text("x")
    return ["--out", "file"]


def out_on_a_read_only_disk(site: Path) -> list[str]:
    return ["--out", "/proc/generated"]


@pytest.mark.parametrize("make", [out_below_a_file, out_is_a_file, out_on_a_read_only_disk])
def test_a_place_that_cannot_be_written(site: Path, make):
    words = make(site)
    done = run(site, *words)
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("error: ") and words[1] in done.stderr
    assert "Traceback" not in done.stderr and done.stderr.count("\n") == 1


BREAK = """
import sys
import compiler.pipeline
def fail(*_):
    raise RuntimeError("no idea")
compiler.pipeline.compile_document = fail
from compiler.cli import main
sys.argv = ["dncompile"]
main()
"""


def test_a_fault_of_the_compiler_is_said_to_be_one(site: Path):
    done = subprocess.run(
        [sys.executable, "-c", BREAK],
        cwd=site,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error[DN900]: the compiler failed: RuntimeError: no idea at <string>:5\n")
    assert "not of the spec" in done.stderr and "Traceback" not in done.stderr
    assert not (site / "generated").exists()


def test_a_reader_that_goes_away_is_no_fault(site: Path):
    spoil(site, *BAD)
    command = f"{sys.executable} -m compiler.cli check --format json | true"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=site,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert b"Traceback" not in done.stderr and b"DN900" not in done.stderr


# ── Colour


@pytest.mark.parametrize(
    ("terminal", "env", "coloured"), [(True, {}, True), (True, {"NO_COLOR": "1"}, False), (False, {}, False)]
)
def test_colour_is_for_terminals(site: Path, terminal: bool, env: dict[str, str], coloured: bool):
    spoil(site, *BAD)
    assert (
        b"\x1b[" in (on_terminal(site, env) if terminal else run(site, **env).stdout.encode())
    ) == coloured


def on_terminal(site: Path, env: dict[str, str]) -> bytes:
    """What the command prints when standard output is a terminal."""
    ours, theirs = os.openpty()
    subprocess.run(
        [sys.executable, "-m", "compiler.cli", "check"],
        cwd=site,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm", **env},
        stdin=theirs,
        stdout=theirs,
        check=False,
    )
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 65536):
            said += chunk
    except OSError:  # the other end is closed and everything has been read
        pass
    os.close(ours)
    return said
