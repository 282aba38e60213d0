"""A cell: a host's compiled tree as the root of a file system, in namespaces of its own.

The real paths, addresses and ports of the spec can be used, and nothing outside is touched: mounts, network
and processes are private and end with the test. The programs are the machine's own (/usr, read-only).
As root the host's accounts are real; else the cell lies in a user namespace that has only root.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.native.needs import needs

AGENT = Path(__file__).with_name("cell_agent.py")
LIMIT = 4 << 20
# What a cell could do to the machine that it runs on. The clock is the machine's, in a namespace or not.
DROPPED = "-sys_time,-sys_boot,-sys_module,-sys_rawio,-mknod"
FOLDERS = ("dev", "proc", "run", "tmp", "usr", "local", "stubs", "var/log", "var/lib", "root", "etc")
LINKS = ("bin", "sbin", "lib", "lib64")
BORROWED = ("ld.so.cache", "alternatives", "login.defs", "nsswitch.conf")
BORROWED_BY_ROOT = ("pam.conf", "pam.d", "security")  # some of it is for root alone to read, and to use
PASSWD = """root:x:0:0:root:/root:/bin/sh
www-data:x:33:33::/var/www:/usr/sbin/nologin
sshd:x:104:65534::/run/sshd:/usr/sbin/nologin
nobody:x:65534:65534::/nonexistent:/usr/sbin/nologin
"""
GROUP = "root:x:0:\nwww-data:x:33:\nadm:x:4:\nnogroup:x:65534:\n"


class Unreachable(Exception):
    """Nothing in the cell takes the connection."""


@dataclass(frozen=True)
class Done:
    """What a command in the cell did."""

    code: int
    out: str
    err: str


def furnish(root: Path, addresses: Sequence[str] = ()) -> None:
    """What a distribution brings, beside a compiled tree: folders, accounts, name look-up."""
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    for name in LINKS:
        if (Path("/usr") / name).exists():
            (root / name).symlink_to(f"usr/{name}")
    root.chmod(0o755)
    (root / "tmp").chmod(0o1777)
    for name in (*BORROWED, *(BORROWED_BY_ROOT if is_root() else ())):
        source, place = Path("/etc", name), root / "etc" / name
        if source.is_dir():
            shutil.copytree(source, place, symlinks=True)
        elif source.exists():
            shutil.copy(source, place)
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text(GROUP)
    (root / "etc/shadow").write_text("root:*:19000::::::\n")
    (root / "etc/shadow").chmod(0o600)
    (root / "addresses").write_text("\n".join(addresses))
    _separate_local(root)


def _separate_local(root: Path) -> None:
    """The agent binds the machine's /usr over the tree's, and the tree's /usr/local over that."""
    local = root / "usr/local"
    if local.exists():
        (root / "local").rmdir()
        local.rename(root / "local")


class Cell:
    """The test's end of a running cell."""

    def __init__(self, root: Path, channel: socket.socket) -> None:
        self.root = root
        self._channel = channel
        self._lock = threading.Lock()

    def run(self, *argv: str, given: str = "", timeout: float = 30) -> Done:
        """Run a command in the cell to its end."""
        return Done(**self._ask({"do": "run", "argv": argv, "given": given, "timeout": timeout})[0])

    def start(self, *argv: str, log: str = "/tmp/started.log") -> int:
        """Start a server in the cell; its process id there."""
        return int(self._ask({"do": "start", "argv": argv, "log": log})[0]["pid"])

    def connect(self, host: str, port: int, source: str = "127.0.0.1") -> socket.socket:
        """A connection to a server of the cell.

        Raises:
            Unreachable: it is refused.
        """
        return self._socket({"do": "connect", "address": [host, port], "source": source})

    def listen(self, host: str, port: int) -> socket.socket:
        """A listener in the cell, for a server that runs in the test."""
        return self._socket({"do": "listen", "address": [host, port]})

    def path(self, inside: str) -> Path:
        """Where a path of the cell lies outside."""
        return self.root / inside.lstrip("/")

    def _socket(self, asked: dict[str, Any]) -> socket.socket:
        told, handed = self._ask(asked)
        if not handed:
            raise Unreachable(told["fault"])
        made = socket.socket(fileno=handed[0])
        made.setblocking(True)  # the agent's time-out left its mark on the descriptor
        return made

    def _ask(self, asked: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        with self._lock:
            self._channel.sendall(json.dumps(asked).encode())
            data, handed, _, _ = socket.recv_fds(self._channel, LIMIT, 1)
        assert data, "the cell ended"
        return json.loads(data), handed


@contextlib.contextmanager
def running(root: Path) -> Iterator[Cell]:
    """A cell on a furnished tree."""
    unshare = _possible()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LIMIT)
    words = [*unshare, sys.executable, "-I", str(AGENT), str(theirs.fileno()), str(root)]
    with ours, subprocess.Popen(words, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL) as process:
        theirs.close()
        assert ours.recv(16), f"the cell did not start: {' '.join(words)}"
        try:
            yield Cell(root, ours)
        finally:
            ours.close()
            process.wait(30)


def is_root() -> bool:
    """Whether accounts other than root can be used in a cell."""
    return os.geteuid() == 0


@functools.cache
def _possible() -> list[str]:
    """The words before a cell's first process; skips where namespaces are not to be had."""
    flags = "-mnpf" if is_root() else "-rmnpf"
    words = [
        needs("unshare"),
        flags,
        "--kill-child",
        needs("setpriv"),
        f"--bounding-set={DROPPED}",
        f"--inh-caps={DROPPED}",
    ]
    for tool in ("mount", "ip"):
        needs(tool)
    tried = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        why = f"no private namespaces here: {tried.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(why, pytrace=False)
        pytest.skip(why)
    return words
