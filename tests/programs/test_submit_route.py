"""The forced command of the control plane's ssh key, with real unix sockets and the real applier behind."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Callable, Iterator, List

import pytest

from tests.programs.route_fakes import APPLY, ENV, SUBMIT, Edge, answer, run

LINE = b'{"version":1,"serving":"coding","read":true}\n'


@contextlib.contextmanager
def listening(path: Path, handle: Callable[[socket.socket], None]) -> Iterator[None]:
    """A unix socket that takes one connection."""

    def take() -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            with connection:
                handle(connection)

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        listener.listen(1)
        listener.settimeout(10)
        thread = threading.Thread(target=take, daemon=True)
        thread.start()
        yield
        thread.join(10)


def until_the_end(connection: socket.socket) -> bytes:
    held = b""
    while more := connection.recv(65536):
        held += more
    return held


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "route.sock"


def submit(place: Path, line: bytes, *more: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return run([str(SUBMIT), "--socket", str(place), *more], line, **env)


def test_carries_one_line_there_and_one_back(place):
    got: List[bytes] = []

    def handle(connection: socket.socket) -> None:
        got.append(until_the_end(connection))
        connection.sendall(b'{"ok":true}\n')

    with listening(place, handle):
        done = submit(place, LINE)
    assert (done.returncode, done.stdout, done.stderr, got) == (0, b'{"ok":true}\n', b"", [LINE])


def test_the_applier_answers_through_it(place, tmp_path):
    edge = Edge(tmp_path / "edge")

    def handle(connection: socket.socket) -> None:
        argv = [sys.executable, str(APPLY), "--config", str(edge.config)]
        subprocess.run(argv, stdin=connection.fileno(), stdout=connection.fileno(), env=ENV, check=False)

    with listening(place, handle):
        publication = {
            "version": 1,
            "serving": "coding",
            "servers": ["127.0.0.2"],
            "port": 30100,
            "generation": 1,
        }
        done = submit(place, json.dumps(publication).encode() + b"\n")
    assert answer(done) == {
        "ok": True,
        "changed": True,
        "servers": ["127.0.0.2"],
        "port": 30100,
        "generation": 1,
    }
    assert edge.file.read_bytes() == b"server 127.0.0.2:30100 max_fails=0;\n"


def test_an_error_is_carried_as_well(place):
    with listening(place, lambda connection: connection.sendall(b'{"ok":false,"error":"x"}\n')):
        done = submit(place, LINE)
    assert (done.returncode, done.stdout) == (0, b'{"ok":false,"error":"x"}\n')


def test_looks_at_no_command_of_the_caller(place):
    got: List[bytes] = []

    def handle(connection: socket.socket) -> None:
        got.append(until_the_end(connection))
        connection.sendall(b"{}\n")

    with listening(place, handle):
        done = submit(place, LINE, SSH_ORIGINAL_COMMAND="cat /etc/shadow; --socket /run/other.sock")
    assert (done.returncode, got) == (0, [LINE])


def test_only_the_first_line_is_carried(place):
    got: List[bytes] = []

    def handle(connection: socket.socket) -> None:
        got.append(until_the_end(connection))
        connection.sendall(b"{}\n")

    with listening(place, handle):
        assert submit(place, LINE + b"more\n" * 5).returncode == 0
    assert got == [LINE]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"", "empty"),
        (b"{", "ended before"),
        (b"x" * 5000 + b"\n", "longer than 4096"),
        (b"x" * 1_000_000, "longer than 4096"),
    ],
    ids=["nothing", "cut", "long", "endless"],
)
def test_a_request_that_is_no_line_is_not_carried(place, line, why):
    """Nobody listens at the socket: the request is judged before."""
    done = submit(place, line)
    assert done.returncode == 1 and why in answer(done)["error"]


def test_a_line_of_just_the_limit_is_carried(place):
    got: List[bytes] = []

    def handle(connection: socket.socket) -> None:
        got.append(until_the_end(connection))
        connection.sendall(b"{}\n")

    with listening(place, handle):
        assert submit(place, b"x" * 4095 + b"\n").returncode == 0
    assert [len(line) for line in got] == [4096]


def test_nobody_listens(place):
    done = submit(place, LINE)
    assert done.returncode == 1
    assert str(place) in answer(done)["error"] and "socket unit" in answer(done)["error"]


@pytest.mark.parametrize(
    ("reply", "why"),
    [(b"", "empty"), (b'{"ok"', "ended before"), (b"x" * 100_000, "longer than")],
    ids=["nothing", "cut", "endless"],
)
def test_an_answer_that_is_no_line(place, reply, why):
    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(reply)

    with listening(place, handle):
        done = submit(place, LINE)
    assert done.returncode == 1 and why in answer(done)["error"]


def test_an_applier_that_hangs_is_not_waited_for(place):
    with listening(place, lambda connection: time.sleep(2)):
        began = time.monotonic()
        done = submit(place, LINE, "--timeout-seconds", "0.3")
        assert time.monotonic() - began < 1.8
    assert done.returncode == 1 and "time was over" in answer(done)["error"]


def test_a_caller_who_says_nothing_is_not_waited_for(place):
    reading, writing = os.pipe()
    argv = [sys.executable, str(SUBMIT), "--socket", str(place), "--timeout-seconds", "0.3"]
    done = subprocess.run(argv, stdin=reading, capture_output=True, timeout=10, check=False)
    os.close(reading)
    os.close(writing)
    assert done.returncode == 1 and "time was over" in answer(done)["error"]


def test_without_stdin(place):
    argv = ["sh", "-c", 'exec "$0" "$@" <&-', sys.executable, str(SUBMIT), "--socket", str(place)]
    done = subprocess.run(argv, capture_output=True, timeout=10, check=False)
    assert done.returncode == 1 and answer(done)["ok"] is False


def test_wrong_usage_exits_2():
    assert run([str(SUBMIT)]).returncode == 2
