"""Without the programs that it asks, `verify` says what was not made, and fails only if it is told to."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from compiler.cli import cli
from compiler.cli.verifying import checks_called
from compiler.verify.tools import Tools
from tests import cases

SPECS = [cases.folder_of(name) / "runtime.yaml" for name in ("nordlys", "book")]


@pytest.fixture
def _nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Tools, "identity", lambda self, name: "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def verify(*words: str, spec: Path = SPECS[0]) -> Result:
    return CliRunner().invoke(cli, ["verify", "--spec", str(spec), *words])


@pytest.mark.usefixtures("_nothing_installed")
def test_what_was_not_made_is_said():
    done = [verify(spec=spec) for spec in SPECS]
    assert [one.exit_code for one in done] == [0, 0]
    said = "".join(one.stderr for one in done)
    for check in checks_called(()):
        if check.tools:
            assert f"{check.name:<18} not made: " in said, check.name


@pytest.mark.usefixtures("_nothing_installed")
def test_it_fails_when_tools_are_required():
    done = [verify("--require-tools", spec=spec) for spec in SPECS]
    assert [one.exit_code for one in done] == [1, 1]
    needed = {check.name for check in checks_called(()) if check.tools and not check.optional}
    assert needed
    for name in needed:
        assert f"error[DN490]: the check {name} was not made: " in "".join(one.stdout for one in done), name


def test_an_unknown_check_is_a_wrong_call():
    done = verify("--only", "ngnix")
    assert done.exit_code == 2
    assert "nginx" in done.stderr
