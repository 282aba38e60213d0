"""A stand-in for the engine: HTTP/1.1 with keep-alive, a model list, completions whole or streamed.

It writes down every request that gets to it, and answers with what the request's body asks for.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "a-token-of-the-tests"


@dataclass(frozen=True)
class Hit:
    """A request that reached the engine."""

    method: str
    target: str
    headers: dict[str, str]
    size: int


@dataclass
class Engine:
    """What it calls itself, what it serves, and what reached it."""

    name: str
    model: str
    context: int
    hits: list[Hit] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    engine: Engine


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().setup()

    def do_GET(self) -> None:
        engine = self._note(0)
        listed = [{"id": engine.model, "object": "model", "max_model_len": engine.context}]
        self._whole(200, {"object": "list", "data": listed, "engine": engine.name})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(size)
        engine = self._note(size)
        asked = json.loads(body) if body.startswith(b"{") else {}
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._whole(401, {"error": "the engine's own refusal"})
        elif "answer" in asked:
            self._whole(*asked["answer"])
        elif asked.get("stream"):
            self._stream(asked["chunks"], asked["pause"])
        else:
            choice = {"message": {"role": "assistant", "content": "ready"}}
            self._whole(200, {"choices": [choice], "usage": {"completion_tokens": 1}, "engine": engine.name})

    def __getattr__(self, name: str) -> Any:
        """Any other method is answered like GET: it is written down that it came."""
        if name.startswith("do_"):
            return self.do_GET
        raise AttributeError(name)

    def _note(self, size: int) -> Engine:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.engine.hits.append(Hit(self.command, self.path, headers, size))
        return self.server.engine

    def _whole(self, status: int, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, chunks: int, pause: float) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(chunks):
            event = {"engine": self.server.engine.name, "number": number, "sent": time.monotonic()}
            self._chunk(f"data: {json.dumps(event)}\n\n".encode())
            time.sleep(pause)
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def serve(engine: Engine, listener: socket.socket) -> _Server:
    """Serve on a listener that somebody made."""
    server = _Server(listener.getsockname()[:2], _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.engine = engine
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server
