"""What README shows an operator is what the compiler says today."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from compiler.cli import cli
from tests import cases

README = cases.ROOT / "README.md"


def shown() -> str:
    """The block of README that begins with an error."""
    found = re.search(r"^error\[.*?(?=^```)", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[0]


def said() -> str:
    return CliRunner().invoke(cli, []).stdout


def test_the_error_in_readme_is_the_one_that_the_edit_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    copytree(cases.ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    spec = tmp_path / "specs" / "runtime.yaml"
    text = cases.changed(spec.read_text("utf-8"), {"at": "clients.roo.context", "write": 98304})
    spec.write_text(cases.changed(text, {"at": "clients.roo.context", "key": "contxt"}), "utf-8")
    assert said() == shown()
