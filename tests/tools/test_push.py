"""The push to a host: a real rsync to folders that stand for hosts, with a hostile umask."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.native.needs import needs
from tests.native.site import compiled

pytestmark = pytest.mark.native

PROGRAM = Path(__file__).parents[2] / "tools" / "push.py"
RSH = '#!/bin/sh\n[ "$1" != -l ] || shift 2\nshift\nexec sh -c "umask 077; $*"\n'
SUDO = '#!/bin/sh\necho "$*" >> "$SUDO_LOG"\nexec "$@"\n'
DEFAULT = "etc/nginx/sites-enabled/default"


class Desk:
    """A compiled tree, a host's root, and the command between them."""

    def __init__(self, folder: Path) -> None:
        needs("rsync")
        self.folder, self.generated, self.root = folder, folder / "generated", folder / "root"
        self.site = compiled()
        self.host = self.site.role("ingress")
        self.state = f"var/lib/{self.site.runtime.name}"
        for path, file in self.site.bundle.items():
            place = self.generated / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.data)
            place.chmod(0o700 if file.executable else 0o600)
        self.root.mkdir()

    def push(self, *words, to=None, host=None, **environment):
        argv = [
            sys.executable,
            PROGRAM,
            "--generated",
            self.generated,
            *words,
            host or self.host,
            to or "root",
        ]
        done = subprocess.run(
            argv, cwd=self.folder, umask=0o077, capture_output=True, text=True, check=False,
            env={**os.environ, **environment},
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done

    def pushed(self, *words, **more):
        done = self.push(*words, **more)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def forget(self, path):
        """Compile no longer one of the host's files."""
        whole = json.loads((self.generated / "manifest.json").read_text())
        del whole["files"][f"hosts/{self.host}/root{path}"]
        own = self.generated / "hosts" / self.host / "manifest.json"
        manifest = json.loads(own.read_text())
        manifest["files"] = [one for one in manifest["files"] if one["path"] != path]
        own.chmod(0o600)
        own.write_text(json.dumps(manifest))
        import hashlib

        whole["files"][f"hosts/{self.host}/manifest.json"]["sha256"] = hashlib.sha256(
            own.read_bytes()
        ).hexdigest()
        (self.generated / "manifest.json").write_text(json.dumps(whole))
        (self.generated / "hosts" / self.host / "root" / path.lstrip("/")).unlink()


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_every_file_arrives_with_its_mode_whatever_the_umask(desk):
    desk.pushed()
    tree = desk.site.tree(desk.host)
    for file in desk.site.files(desk.host):
        place = desk.root / file["path"].lstrip("/")
        assert place.read_bytes() == tree[file["path"]]
        assert place.stat().st_mode & 0o777 == int(file["mode"], 8), file
    folders = {path.stat().st_mode & 0o777 for path in desk.root.rglob("*") if path.is_dir()}
    assert folders == {0o755}


def test_folders_that_exist_keep_their_modes(desk):
    (desk.root / "etc").mkdir()
    desk.root.chmod(0o711)
    (desk.root / "etc").chmod(0o750)
    desk.pushed()
    assert [path.stat().st_mode & 0o777 for path in (desk.root, desk.root / "etc")] == [0o711, 0o750]


def test_a_second_push_has_nothing_to_do(desk):
    desk.pushed()
    assert desk.pushed() == "nothing to do\n"


def test_a_dry_run_says_the_same_and_changes_nothing(desk):
    told = desk.pushed("--dry-run")
    assert "dry run" in told and "apply_route.py" in told and list(desk.root.iterdir()) == []


def test_a_seed_is_never_overwritten(desk):
    desk.pushed()
    (seed,) = desk.root.glob("etc/nginx/*/upstream-*.servers")
    seed.write_text("server 10.20.1.5:30100 max_fails=0;\n")
    assert desk.pushed() == "nothing to do\n" and "10.20.1.5" in seed.read_text()


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_taken_over_is_kept_once(desk, kind):
    place = desk.root / DEFAULT
    place.parent.mkdir(parents=True)
    if kind == "file":
        place.write_text("the distribution's")
    else:
        place.symlink_to("/etc/nginx/sites-available/default")
    told = desk.pushed()
    kept = desk.root / desk.state / "before" / DEFAULT
    assert f"/{DEFAULT} is kept as /{desk.state}/before/{DEFAULT}" in told
    assert not place.is_symlink() and "Compiled by" in place.read_text()
    place.write_text("an edit by hand")
    (desk.root / desk.state / "manifest.json").unlink()
    assert "is kept" not in desk.pushed()
    assert kept.read_text() == "the distribution's" if kind == "file" else os.readlink(kept)
    assert [path.name for path in place.parent.iterdir()] == ["default"], "nginx reads all of that folder"


def test_what_is_no_longer_compiled_is_listed_until_it_is_gone(desk):
    desk.pushed()
    path = f"/etc/nginx/{desk.site.runtime.name}/tls.conf"
    desk.forget(path)
    for _ in range(2):
        assert f"no longer compiled, remove by hand: {path}" in desk.pushed()
    (desk.root / path.lstrip("/")).unlink()
    assert "no longer" not in desk.pushed() and desk.pushed() == "nothing to do\n"


def damaged(desk, how):
    top = desk.generated / "hosts" / desk.host / "root"
    program = next(top.glob("usr/local/lib/*/apply_route.py"))
    if how == "changed":
        program.write_text("x")
    elif how == "mode":
        program.chmod(0o600)
    elif how == "missing":
        program.unlink()
    elif how == "extra":
        (top / "etc" / "extra").write_text("x")
    elif how == "a link":
        program.unlink()
        program.symlink_to("/etc/passwd")
    elif how == "interrupted":
        (desk.generated / ".dncompile").mkdir()
        (desk.generated / ".dncompile" / "journal.json").write_text("{}")
    else:
        (desk.generated / "manifest.json").write_text("{")


@pytest.mark.parametrize(
    "how", ["changed", "mode", "missing", "extra", "a link", "interrupted", "no manifest"]
)
def test_a_folder_that_is_not_what_was_compiled_is_refused(desk, how):
    damaged(desk, how)
    done = desk.push()
    assert done.returncode == 1 and "dncompile" in done.stderr and list(desk.root.iterdir()) == []


def test_another_hosts_folder_is_refused(desk):
    desk.pushed()
    other = desk.site.role("gpu")
    done = desk.push(host=other)
    assert done.returncode == 1 and f"is {desk.host} and not {other}" in done.stderr


def test_a_remote_host_with_sudo(desk):
    for name, text in (("rsh", RSH), ("sudo", SUDO)):
        (desk.folder / name).write_text(text)
        (desk.folder / name).chmod(0o755)
    environment = {
        "RSYNC_RSH": str(desk.folder / "rsh"),
        "SUDO_LOG": str(desk.folder / "log"),
        "PATH": f"{desk.folder}:{os.environ['PATH']}",
    }
    told = desk.pushed("--sudo", to=f"somebody@host:{desk.root}", **environment)
    assert "apply_route.py" in told and "rsync --server" in (desk.folder / "log").read_text()
    assert {path.stat().st_mode & 0o777 for path in desk.root.rglob("*") if path.is_dir()} == {0o755}
    assert desk.pushed("--sudo", to=f"somebody@host:{desk.root}", **environment) == "nothing to do\n"


def test_a_host_that_does_not_answer(desk):
    done = desk.push(to="host:/", RSYNC_RSH="false")
    assert done.returncode == 1 and "push again" in done.stderr


@pytest.mark.parametrize(
    ("words", "host", "told"),
    [
        ([], "nobody", "there are:"),
        (["--sudo"], None, "run this command itself with sudo"),
        (["-x"], None, "usage"),
    ],
)
def test_wrong_usage(desk, words, host, told):
    done = desk.push(*words, host=host)
    assert done.returncode == 2 and told in done.stderr


def test_help(desk):
    done = desk.push("--help")
    assert done.returncode == 0 and "DESTINATION" in done.stdout
    assert shutil.which("bash") is None or not PROGRAM.with_suffix(".sh").exists()
