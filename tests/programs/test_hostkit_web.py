"""The bounded exchange, against real sockets that misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable, List

import pytest
from hostkit import web

Peer = Callable[[socket.socket], None]


@pytest.fixture
def peer() -> Iterator[Callable[[Peer], str]]:
    """Starts a server that reads the request's head, then does what the test says with the connection."""
    stop: List[socket.socket] = []
    threads: List[threading.Thread] = []

    def start(behave: Peer) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        stop.append(listener)

        def work() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                try:
                    behave(connection)
                except OSError:
                    return

        threads.append(threading.Thread(target=work, daemon=True))
        threads[-1].start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/x"

    yield start
    for listener in stop:
        listener.close()
    for thread in threads:
        thread.join(5)


def trickle(head: bytes, piece: bytes) -> Peer:
    def behave(connection: socket.socket) -> None:
        connection.sendall(head)
        for _ in range(200):
            connection.sendall(piece)
            time.sleep(0.02)

    return behave


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nX: ", b"x"),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_trickle_does_not_outlast_the_deadline(
    peer: Callable[[Peer], str], head: bytes, piece: bytes
) -> None:
    started = time.monotonic()
    with pytest.raises(web.WebError, match=r"no whole answer within 0\.3 s"):
        web.fetch(peer(trickle(head, piece)), timeout=0.3, limit=10_000)
    assert time.monotonic() - started < 1.5


def test_silence_ends_at_the_deadline(peer: Callable[[Peer], str]) -> None:
    with pytest.raises(web.WebError, match=r"no whole answer within 0\.2 s"):
        web.fetch(peer(lambda _: time.sleep(1)), timeout=0.2, limit=10)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890", "more than 10 bytes"),
        (b"HTTP/1.1 200 OK\r\n\r\n01234567890", "more than 10 bytes"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n01", "broke off"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01", "broke off"),
        (b"SSH-2.0-x\r\n", "no HTTP"),
        (b"", "closed the connection without an answer"),
    ],
)
def test_half_and_too_much(peer: Callable[[Peer], str], answer: bytes, reason: str) -> None:
    with pytest.raises(web.WebError, match=reason):
        web.fetch(peer(lambda connection: connection.sendall(answer)), timeout=5, limit=10)


def test_nothing_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(web.WebError, match="connection refused"):
            web.fetch(f"http://127.0.0.1:{taken.getsockname()[1]}/", timeout=5, limit=10)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://h/",
        "file:///etc/passwd",
        "http:///x",
        "http://u:p@h/",
        "http://h/a b",
        "http://h/\r\nX: y",
        "http://h:99999/",
        "http://h:0/",
        "x",
        "",
        "http://[::1/",
    ],
)
def test_refuses_an_address(url: str) -> None:
    with pytest.raises(web.WebError, match="the address"):
        web.fetch(url, timeout=1, limit=10)


def test_a_bad_token_is_not_told(peer: Callable[[Peer], str]) -> None:
    for token in ("hunter2\r\nX: y", "hunter2é☃"):
        with pytest.raises(web.WebError) as caught:
            web.fetch(peer(lambda _: None), headers=web.bearer(token), timeout=5, limit=10)
        assert "hunter2" not in str(caught.value)


class Echo(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._say(201, json.dumps({"body": body.decode(), "token": self.headers["Authorization"]}))

    def do_GET(self) -> None:
        if self.path == "/moved?x=1":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
        elif self.path == "/v1/models" and self.headers["Authorization"] == "Bearer k":
            self._say(200, '{"data": [{"id": "m", "max_model_len": 5}]}')
        else:
            self._say(401, "{}")

    def _say(self, status: int, text: str) -> None:
        self.send_response(status)
        self.send_header("X-Kind", "echo")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """Quiet."""


def test_sends_and_returns_any_status(serve: Any) -> None:
    host, port = serve(Echo)
    reply = web.fetch(
        f"http://{host}:{port}/", method="POST", body=b"hi", headers=web.bearer("k"), timeout=5, limit=100
    )
    assert (reply.status, reply.headers["x-kind"]) == (201, "echo")
    assert web.json_object(reply.body) == {"body": "hi", "token": "Bearer k"}


def test_follows_no_redirect_and_uses_no_proxy(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    host, port = serve(Echo)
    assert web.fetch(f"http://{host}:{port}/moved?x=1", timeout=5, limit=10).status == 302


def test_models(serve: Any) -> None:
    host, port = serve(Echo)
    assert web.models(f"http://{host}:{port}/", "k", 5) == [{"id": "m", "max_model_len": 5}]
    with pytest.raises(web.WebError, match="status 401: the token is missing"):
        web.models(f"http://{host}:{port}", None, 5)
    with pytest.raises(web.WebError, match="status 401: the token is refused"):
        web.models(f"http://{host}:{port}", "other", 5)


@pytest.mark.parametrize("body", [b"[]", b"x", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_object(body: bytes) -> None:
    with pytest.raises(web.WebError, match="the answer is no JSON"):
        web.json_object(body)
