"""Root file systems are made once a recipe, from this machine's own mirror, and never half."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tools import roots

TOOL = Path(roots.__file__)
FAKE = """#!/bin/sh
# Makes a root as mmdebstrap does, as far as the tool looks at it.
printf '%s\\n' "$@" >>LOG
echo "sources: $(cat)" >>LOG
for word; do
  case $word in
  --customize-hook=*) hook=${word#--customize-hook=} ;;
  /*.part) place=$word ;;
  --aptopt=*) cat "${word#--aptopt=}" >>LOG ;;
  esac
done
mkdir -p "$place/usr"
BEHAVIOUR
sh -c "$hook" exec "$place"
"""
APT_GET = """#!/bin/sh
cat <<'X'
http://mirror.example/debian/|bookworm|main|Debian
http://mirror.example/debian/|bookworm-updates|main|$(ORIGIN)
http://mirror.example/security/|bookworm-security|main|Debian
http://mirror.example/debian/|bookworm|contrib|Debian
http://other.example/|bookworm|main|Somebody
http://other.example/|tools-bookworm|main|Debian
http://other.example/|nodistro|main|Debian
X
"""
APT_CONFIG = """#!/bin/sh
cat <<'X'
Acquire::http::Proxy "http://proxy.example:3142";
Acquire::Check-Valid-Until "false";
Acquire::https "";
APT::Install-Recommends "true";
X
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """A machine with these programs; what mmdebstrap was told is in the file that is given back."""
    programs, log = tmp_path / "bin", tmp_path / "log"
    programs.mkdir()

    def set_up(behaviour: str = ":") -> Path:
        scripts = {"mmdebstrap": FAKE, "apt-get": APT_GET, "apt-config": APT_CONFIG}
        for name, text in scripts.items():
            file = programs / name
            file.write_text(text.replace("LOG", str(log)).replace("BEHAVIOUR", behaviour))
            file.chmod(0o755)
        return log

    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setattr(roots, "codename", lambda: "bookworm")
    return set_up


def make(folder: Path, *words: str) -> int:
    """The command, in this process."""
    before, sys.argv = sys.argv, ["roots.py", "--folder", str(folder), *words]
    try:
        return roots.main()
    finally:
        sys.argv = before


def test_every_release_is_made_and_only_once(machine, tmp_path):
    log = machine()
    assert make(tmp_path / "roots") == 0
    assert all((tmp_path / "roots" / release / "usr").is_dir() for release in roots.SUITES)
    said = log.read_text()
    assert make(tmp_path / "roots") == 0
    assert log.read_text() == said, "nothing is made a second time"
    assert sorted(one.name for one in (tmp_path / "roots").iterdir()) == [".lock", *sorted(roots.SUITES)]


def test_another_recipe_makes_it_anew(machine, tmp_path, monkeypatch):
    machine()
    make(tmp_path, "debian-12")
    (tmp_path / "debian-12/old").touch()
    monkeypatch.setattr(roots, "PACKAGES", (*roots.PACKAGES, "jq"))
    assert make(tmp_path, "debian-12") == 0
    assert not (tmp_path / "debian-12/old").exists()


def test_the_mirror_is_this_machines_with_another_suite(machine, tmp_path):
    log = machine()
    make(tmp_path, "debian-11")
    lines = [line.partition("deb ")[2] for line in log.read_text().splitlines() if "deb " in line]
    assert [line.rpartition("] ")[2] for line in lines] == [
        "http://mirror.example/debian/ bullseye main",
        "http://mirror.example/debian/ bullseye-updates main",
        "http://mirror.example/security/ bullseye-security main",
    ]
    assert 'Acquire::http::Proxy "http://proxy.example:3142";' in log.read_text()
    assert 'Acquire::https ""' not in log.read_text() and "Install-Recommends" not in log.read_text()


def test_on_another_distribution_mmdebstrap_takes_its_own_mirror(machine, tmp_path, monkeypatch):
    log = machine()
    monkeypatch.setattr(roots, "codename", lambda: "")
    assert make(tmp_path, "debian-12") == 0
    assert "mirror.example" not in log.read_text() and "\n-\n" not in log.read_text()


def test_a_root_that_fails_is_not_there_and_says_why(machine, tmp_path, capsys):
    machine("echo 'E: no such suite' >&2; exit 25")
    assert make(tmp_path, "debian-13") == 1
    assert [one.name for one in tmp_path.iterdir() if "debian" in one.name] == []
    assert "debian-13: mmdebstrap failed\n  E: no such suite" in capsys.readouterr().err


def test_what_an_interrupted_run_left_is_taken_away(machine, tmp_path):
    machine()
    (tmp_path / ".debian-12.part/usr").mkdir(parents=True)
    (tmp_path / ".debian-12.part/left").touch()
    assert make(tmp_path, "debian-12") == 0
    assert not (tmp_path / "debian-12/left").exists()


def test_a_root_without_its_stamp_is_not_taken_for_whole(machine, tmp_path):
    machine()
    (tmp_path / "debian-12/usr").mkdir(parents=True)
    (tmp_path / "debian-12/usr/half").touch()
    assert make(tmp_path, "debian-12") == 0
    assert not (tmp_path / "debian-12/usr/half").exists()


def test_without_mmdebstrap_it_says_how_to_get_it(machine, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert make(tmp_path, "debian-12") == 1
    assert "apt-get install mmdebstrap" in capsys.readouterr().err


def test_without_debians_keys_it_says_how_to_get_them(machine, tmp_path, monkeypatch, capsys):
    machine()
    monkeypatch.setattr(roots, "KEYRING", tmp_path / "none")
    monkeypatch.setattr(roots, "codename", lambda: "")
    assert make(tmp_path, "debian-12") == 1
    assert "apt-get install debian-archive-keyring" in capsys.readouterr().err


def test_a_release_that_nobody_makes_is_refused(tmp_path):
    with pytest.raises(SystemExit):
        make(tmp_path, "debian-9")


def test_it_waits_for_another_that_makes_the_same(tmp_path):
    with (tmp_path / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        words = [sys.executable, str(TOOL), "--folder", str(tmp_path), "debian-12"]
        with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env={"PATH": "/nowhere"}) as waiting:
            assert waiting.stderr is not None
            assert "waiting for another" in waiting.stderr.readline()
            time.sleep(0.2)
            assert waiting.poll() is None
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert "mmdebstrap is not installed" in waiting.stderr.read()


def test_the_recipe_names_no_mirror():
    assert "://" not in TOOL.read_text()
