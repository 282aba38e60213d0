"""What is not the spec's fault: programs get a document whatever fails, and exceptions tell no secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from compiler import faults
from tests.compiler.material import ROOT

TOKEN = "hf_0123456789abcdefABCDEF"
BREAK = """
import sys
import compiler.source
def fail(*_, **__):
    raise {error}
compiler.source.read = fail
from compiler.cli import main
sys.argv = ["dncompile", *{words!r}]
main()
"""
DISK = "OSError(28, 'No space left on device', 'some/file')"
FAULT = f"RuntimeError('no idea of {TOKEN}')"


def broken(folder: Path, error: str, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command line with a stage that raises."""
    return subprocess.run(
        [sys.executable, "-c", BREAK.format(error=error, words=list(words))],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **env},
        capture_output=True,
        text=True,
        check=False,
    )


COMMANDS = [["build"], ["check"], ["fix"], []]


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(("error", "code"), [(DISK, "DN901"), (FAULT, "DN900")])
def test_a_program_gets_its_document(tmp_path: Path, words: list[str], error: str, code: str):
    done = broken(tmp_path, error, "--format", "json", *words)
    assert (done.returncode, done.stderr) == (1, "")
    (found,) = json.loads(done.stdout)["diagnostics"]
    assert found["code"] == code and TOKEN not in done.stdout
    assert found["file"] == ("some/file" if error == DISK else "specs/runtime.yaml")


@pytest.mark.parametrize(("error", "code"), [(DISK, "DN901"), (FAULT, "DN900")])
def test_the_other_forms(tmp_path: Path, error: str, code: str):
    done = broken(tmp_path, error, "check", "--format", "sarif")
    (run,) = json.loads(done.stdout)["runs"]
    schema = ROOT / "tests/compiler/pretty/sarif/sarif-2.1.0-rtm.5.json"
    jsonschema.Draft4Validator(json.loads(schema.read_text("utf-8"))).validate(json.loads(done.stdout))
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["descriptor"]["id"] == code and run["results"] == []
    done = broken(tmp_path, error, "check", "--format", "github")
    assert done.stdout.startswith("::error file=") and code in done.stdout
    for one in (done, broken(tmp_path, error, "check")):
        assert one.returncode == 1 and TOKEN not in one.stdout + one.stderr
        assert "Traceback" not in one.stdout + one.stderr
    done = broken(tmp_path, error)
    assert done.stdout == "" and done.stderr.startswith("error")


def test_a_terminal_that_is_not_utf_8_is_no_fault(tmp_path: Path):
    done = broken(tmp_path, "OSError('full •')", PYTHONIOENCODING="latin-1")
    assert done.returncode == 1 and done.stderr == "error: the disk: full \\u2022\n"


def test_the_place_of_a_fault_is_named():
    def deep() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError) as caught:
        deep()
    found = faults.diagnostic(caught.value)
    assert found.code == "DN900" and "KeyError: 'x' at test_faults.py:" in found.message
