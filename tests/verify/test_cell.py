"""A cell changes nothing of the machine, has no right that could, and works for those who are not root."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.artifact import Host
from compiler.verify import cell as cells
from compiler.verify.check import Unable
from compiler.verify.site import Site
from compiler.verify.tools import Tools
from targets import TARGETS
from tests.verify.planting import compiled

pytestmark = pytest.mark.native

ROOT = Path(__file__).parents[2]
INGRESS = Host("ingress")
# capability(7): the numbers of what could change the machine itself.
HELD_BACK = {"sys_time": 25, "sys_boot": 22, "sys_module": 16, "sys_rawio": 17, "sys_pacct": 20, "mknod": 27}
HELD_BACK |= {"syslog": 34, "wake_alarm": 35}
NOBODY = 65534


@pytest.fixture
def cell(tmp_path: Path, wants) -> cells.Cell:
    wants("unshare", "setpriv")
    if not cells.possible():
        if os.environ.get("CI") == "true":
            pytest.fail("no private namespaces here", pytrace=False)
        pytest.skip("no private namespaces here")
    document, linked = compiled("book")
    site = Site(document, linked, TARGETS, Tools(absent=frozenset({"roots"})), tmp_path)
    return cells.of_host(site, INGRESS)


def machine() -> dict[str, str]:
    """What a cell must leave as it is."""
    return {
        "mounts": Path("/proc/self/mountinfo").read_text(),
        "interfaces": " ".join(sorted(os.listdir("/sys/class/net"))),
        "routes": Path("/proc/net/route").read_text(),
        "hostname": os.uname().nodename,
    }


def test_it_has_the_trees_real_paths(cell):
    done = cell.run("/bin/sh", "-c", "cat /etc/nginx/desineuron/tls.conf; ls /usr/local/lib")
    assert "ssl_protocols" in done.out and "desineuron" in done.out, done.said


def test_nothing_of_the_machine_is_changed(cell):
    before = machine()
    script = "mount -t tmpfs x /tmp; ip link add a type dummy; hostname other; echo x >/etc/x"
    done = cell.run("/bin/sh", "-c", script)
    assert machine() == before and not Path("/etc/x").exists(), done.said
    assert (cell.tree / "etc/x").read_text() == "x\n"
    assert not any((cell.tree / "usr").iterdir()), "the base was bound in the cell alone"


def test_the_programs_of_the_base_cannot_be_written(cell):
    done = cell.run("/bin/sh", "-c", "echo x >/usr/bin/planted")
    assert done.code != 0 and not Path("/usr/bin/planted").exists()


def test_there_is_no_network(cell):
    names = cell.run("/bin/sh", "-c", "cat /proc/net/dev").out.splitlines()[2:]
    assert [line.split(":")[0].strip() for line in names] == ["lo"]


def test_only_its_own_processes_are_seen(cell):
    numbers = cell.run("/bin/sh", "-c", "echo /proc/[0-9]*").out.split()
    assert 0 < len(numbers) < 5


def test_no_right_is_left_that_could_change_the_machine(cell):
    """Read, and never tried: the clock is the machine's."""
    told = dict(line.split(":\t") for line in cell.run("/bin/cat", "/proc/self/status").out.splitlines())
    for name in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
        held = [right for right, bit in HELD_BACK.items() if int(told[name], 16) >> bit & 1]
        assert held == [], f"{name} has {held}"


def test_a_command_that_is_not_there_is_said_and_not_raised(cell):
    done = cell.run("/usr/bin/no-such-program")
    assert done.code == 127 and "no-such-program" in done.said


def test_folders_and_accounts_are_those_that_systemd_would_make(cell):
    cells.prepare(cell)
    assert (cell.tree / "var/lib/desineuron/route").is_dir()
    done = cell.run("/usr/bin/id", "-un", "desineuron-route")
    assert done.out == "desineuron-route\n", done.said


def test_a_path_below_usr_local_is_found_outside(cell):
    assert cell.path("/usr/local/x/y") == cell.tree / "local/x/y"
    assert cell.path("/etc/x") == cell.tree / "etc/x"


def test_without_namespaces_it_says_so(cell, monkeypatch):
    monkeypatch.setattr(cells, "_refusal", lambda: "unshare failed: Operation not permitted")
    with pytest.raises(Unable, match="no private namespaces here: unshare failed: Operation not permitted"):
        cell.run("true")


# ── Without privileges

ASK = """
import sys
from compiler.verify import cell as cells
from tests.verify.planting import verified
if not cells.possible():
    print("REFUSED", cells._refusal())
    sys.exit(0)
planted = {FILE: ("proxy_cache off;", "proxy_caches off;")}
for outputs in ({}, planted):
    print([one.message for one in verified(only=["nginx"], outputs=outputs, require_tools=True)])
"""
FILE = "hosts/ingress/root/etc/nginx/desineuron/proxy.conf"


def _as_nobody(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run Python as an account without any right, where the project's copy lies."""
    who = [f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    words = ["setpriv", *who, "--bounding-set=-all", "--inh-caps=-all", sys.executable, "-B", "-c", script]
    kept = {name: os.environ[name] for name in ("PATH", "XDG_CACHE_HOME") if name in os.environ}
    given = {**kept, "HOME": "/nonexistent", "PYTHONPATH": str(folder)}
    return subprocess.run(words, cwd=folder, env=given, capture_output=True, text=True, check=False)


@pytest.fixture
def copied() -> Iterator[Path]:
    """A copy of the project that everybody may read; pytest's own folders are for one account."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        for part in ("compiler", "targets", "tests", "tools", "specs"):
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        yield folder


@pytest.mark.skipif(os.geteuid() != 0, reason="whoever is not root is unprivileged already")
def test_it_works_without_privileges_or_says_why_not(copied, wants):
    wants("nginx", "openssl", "setpriv", "unshare")
    if _as_nobody("import pydantic", copied).returncode:
        pytest.skip("this Python lies where only root may read")
    done = _as_nobody(ASK.replace("FILE", repr(FILE)), copied)
    assert done.returncode == 0, done.stderr
    if done.stdout.startswith("REFUSED"):
        assert done.stdout.removeprefix("REFUSED").strip(), "and why"
        return
    clean, planted = done.stdout.splitlines()
    assert clean == "[]" and 'unknown directive "proxy_caches"' in planted
