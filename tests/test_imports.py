"""No command imports what it does not use: a module that is loaded is time that an operator waits."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

RUN = """
import sys
from compiler.cli import cli
try:
    cli(sys.argv[1:])
except SystemExit:
    pass
print("loaded", *sorted(sys.modules))
"""
HEAVY = {"pydantic", "yaml", "jinja2", "targets", "boto3", "httpx", "jsonschema"}
COMPILING = {"pydantic", "yaml", "jinja2", "targets"}
CASES = {
    "--help": (["--help"], set()),
    "build": (["build", "-q"], COMPILING),
    "check": (["check", "-q"], COMPILING),
    "fix": (["fix", "-q"], COMPILING),
    "rules": (["rules"], {"pydantic", "targets"}),
    "schema": (["schema", "--check", "-q"], {"pydantic"}),
    "a spec that is not there": (["build", "--spec", "none.yaml"], set()),
    "a spec that is no YAML": (["check", "--spec", "pyproject.toml"], {"yaml"}),
    "to mend what is no YAML": (["fix", "--spec", "pyproject.toml"], {"yaml"}),
}


def loaded(words: list[str], out: Path) -> set[str]:
    """The modules that are there when a command has ended."""
    where = [] if words[0] in ("--help", "rules", "schema", "fix") else ["--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words, *where], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


@pytest.mark.parametrize("case", CASES)
def test_a_command_loads_what_it_uses_and_no_more(case: str, tmp_path: Path):
    words, wanted = CASES[case]
    assert loaded(words, tmp_path / "out") & HEAVY == wanted


def test_findings_alone_load_what_shows_them(tmp_path: Path):
    assert "compiler.pretty" not in loaded(["check", "-q"], ROOT / "generated")
    assert "compiler.pretty" in loaded(["check", "-q"], tmp_path / "none")


@pytest.mark.parametrize("words", [["build", "-q"], ["check", "-q"]])
def test_what_mends_and_what_writes_sarif_is_loaded_by_those_who_ask(words: list[str], tmp_path: Path):
    there = loaded(words, ROOT / "generated" if words[0] == "check" else tmp_path / "out")
    assert not {name for name in there if name.startswith(("compiler.fix", "compiler.pretty.as_sarif"))}
    assert not {"compiler.faults", "compiler.pages"} & there
