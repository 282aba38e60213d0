"""The first process of a cell (see cell.py): sets up the file system, then does what the tests ask.

Runs as `unshare … python cell_agent.py FD ROOT`. Requests and answers are JSON messages on the socket FD; a
connection or a listener that a test asks for is made in here and handed over as a descriptor, so that the
test itself talks to the servers in the cell. When the socket closes the process ends, and with it the cell.
"""

from __future__ import annotations

import encodings.idna  # noqa: F401 - imported by name look-ups, when the file system is another already
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
ENV = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}
LIMIT = 4 << 20


def settle(root: Path) -> None:
    """Make ROOT a host: the machine's programs read-only, ROOT's own /usr/local and /etc, and loopback."""
    host = root / "usr"
    _run("mount", "--rbind", "/usr", str(host))
    _run("mount", "-o", "remount,bind,ro", str(host))
    _run("mount", "--bind", str(root / "local"), str(host / "local"))
    for stub in sorted((root / "stubs").iterdir()):
        _run("mount", "--bind", str(stub), str(host / "bin" / stub.name))
    for name in DEVICES:
        (root / "dev" / name).touch()
        _run("mount", "--bind", f"/dev/{name}", str(root / "dev" / name))
    _run("mount", "-t", "proc", "proc", str(root / "proc"))
    _run("ip", "link", "set", "lo", "up")
    for address in (root / "addresses").read_text().split():
        _run("ip", "address", "add", f"{address}/32", "dev", "lo")
    os.chroot(root)
    os.chdir("/")


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


def run(argv: list[str], given: str, timeout: float) -> dict[str, Any]:
    """A command's exit code and output."""
    try:
        done = subprocess.run(
            argv, input=given.encode(), capture_output=True, env=ENV, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        return {"code": -1, "out": "", "err": f"{type(fault).__name__}: {fault}"}
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return {"code": done.returncode, "out": out, "err": err}


def start(argv: list[str], log: str) -> dict[str, Any]:
    """A server's process id; it ends with the cell."""
    with open(log, "ab") as sink:
        started = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=ENV)
    return {"pid": started.pid}


def connect(address: list[Any], source: str) -> socket.socket:
    """A connection within the cell."""
    return socket.create_connection((address[0], address[1]), 5, (source, 0))


def listen(address: list[Any]) -> socket.socket:
    """A listener within the cell."""
    return socket.create_server((address[0], address[1]), backlog=64)


def answer(channel: socket.socket, asked: dict[str, Any]) -> None:
    """Do one thing, and say what came of it."""
    verb = asked.pop("do")
    if verb in ("run", "start"):
        told = run(**asked) if verb == "run" else start(**asked)
        channel.sendall(json.dumps(told).encode())
        return
    try:
        with connect(**asked) if verb == "connect" else listen(**asked) as made:
            socket.send_fds(channel, [b"{}"], [made.fileno()])
    except OSError as fault:
        channel.sendall(json.dumps({"fault": str(fault)}).encode())


def main(argv: list[str]) -> int:
    """Serve until the test lets go of the other end."""
    with socket.socket(fileno=int(argv[0])) as channel:
        os.set_inheritable(channel.fileno(), False)
        settle(Path(argv[1]))
        channel.sendall(b"{}")
        while asked := channel.recv(LIMIT):
            answer(channel, json.loads(asked))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
