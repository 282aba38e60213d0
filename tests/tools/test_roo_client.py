"""The editor's types are fetched by their lock, and what cannot be had is said."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from targets.roo.checks import own
from tools import roo_client

NPM = """#!/bin/sh
[ "$1" = ci ] || exit 3
grep -q '"integrity"' package-lock.json || exit 4
case "$*" in *--ignore-scripts*) ;; *) exit 5 ;; esac
/bin/mkdir node_modules && echo >> "$ASKED"
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An npm that installs an empty folder, and counts how often; the cache is a folder of the test."""
    fake = tmp_path / "bin/npm"
    fake.parent.mkdir()
    fake.write_text(NPM)
    fake.chmod(fake.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("ASKED", str(tmp_path / "asked"))
    (tmp_path / "asked").touch()
    return tmp_path / "asked"


def test_it_is_installed_once(asked: Path):
    assert roo_client.main(["install"]) == 0
    assert roo_client.main(["install"]) == 0
    assert (own.installed() / "node_modules").is_dir() and (own.installed() / "package-lock.json").is_file()
    assert len(asked.read_text().splitlines()) == 1
    assert [one.name for one in own.installed().parent.iterdir()] == [own.installed().name]


def test_an_install_that_fails_leaves_nothing(
    asked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    (asked.parent / "bin/npm").write_text("#!/bin/sh\n/bin/mkdir node_modules\necho no network >&2\nexit 1\n")
    monkeypatch.delenv("CI", raising=False)
    assert roo_client.main(["install"]) == 0
    assert "no network" in capsys.readouterr().err
    assert list(own.installed().parent.iterdir()) == []
    monkeypatch.setenv("CI", "true")
    assert roo_client.main(["install"]) == 1


def test_without_npm_that_is_said(
    asked: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PATH", str(asked.parent / "none"))
    monkeypatch.delenv("CI", raising=False)
    assert roo_client.main(["install"]) == 0
    assert "npm: No such file or directory" in capsys.readouterr().err
    assert roo_client.main(["schema"]) == 1


@pytest.mark.parametrize("argv", [[], ["other"], ["schema", "latest"], ["schema", "1.2.3", "4.5.6"]])
def test_wrong_usage_is_said(argv: list[str], capsys: pytest.CaptureFixture[str]):
    assert roo_client.main(argv) == 2
    assert capsys.readouterr().err.startswith("usage: ")
