"""Real things for the tests of the route: workers that speak HTTP, an ingress's applier as a process."""

from __future__ import annotations

import contextlib
import http.server
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, Iterator, List, Optional, Tuple

ROOT = Path(__file__).parents[2] / "targets"
APPLY = ROOT / "ingress/programs/apply_route.py"
SUBMIT = ROOT / "ingress/programs/submit_route.py"
SYNC = ROOT / "route_sync/programs/sync_route.py"
# On a host all programs lie in one folder; here the folders together stand for it.
PROGRAMS = os.pathsep.join(sorted(str(path) for path in ROOT.glob("*/programs")))
ENV = {**os.environ, "PYTHONPATH": PROGRAMS}

MODEL = "example-model"
CONTEXT = 4096
TOKEN = "a-token-of-the-tests"
NETWORK = "127.0.0.0/24"
SEED = b"server 127.0.0.1:9 down;\n"


@dataclass
class Behaviour:
    """What a fake worker answers; changed by the tests while it runs."""

    model: str = MODEL
    context: Optional[int] = CONTEXT
    token: Optional[str] = None
    status: int = 200
    models_body: Optional[bytes] = None
    completion: Dict[str, Any] = field(
        default_factory=lambda: {
            "choices": [{"message": {"content": "ready"}}],
            "usage": {"completion_tokens": 1},
        }
    )
    completion_status: int = 200
    asked: List[str] = field(default_factory=list)


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    behaviour: Behaviour


class _Handler(http.server.BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        behaviour = self.server.behaviour
        listed = {"object": "list", "data": [{"id": behaviour.model, "max_model_len": behaviour.context}]}
        body = behaviour.models_body if behaviour.models_body is not None else json.dumps(listed).encode()
        self._answer(behaviour.status if self.path.endswith("/v1/models") else 404, body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer(
            self.server.behaviour.completion_status, json.dumps(self.server.behaviour.completion).encode()
        )

    def _answer(self, status: int, body: bytes) -> None:
        behaviour = self.server.behaviour
        behaviour.asked.append(self.path)
        if behaviour.token and self.headers.get("Authorization") != f"Bearer {behaviour.token}":
            status, body = 401, b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *args: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def worker(address: str = "127.0.0.1", port: int = 0) -> Iterator[Tuple[Behaviour, int]]:
    """A fake SGLang at an address of loopback: how it behaves, and its port."""
    server = _Server((address, port), _Handler)
    server.behaviour = Behaviour()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server.behaviour, server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Edge:
    """An ingress: the applier's configuration below a folder, and commands that write down that they ran."""

    def __init__(self, folder: Path, *, port: int = 30100, workers: int = 1) -> None:
        self.folder = folder
        self.config = folder / "apply-route.json"
        self.file = folder / "nginx/upstream-coding.servers"
        self.state = folder / "state/coding.json"
        self.log = folder / "commands.log"
        for name in ("nginx", "state", "run"):
            (folder / name).mkdir(parents=True)
        self.file.write_bytes(SEED)
        self.log.touch()
        self.settings: Dict[str, Any] = {
            "network": NETWORK,
            "ports": [port],
            "routes": {"coding": {"file": str(self.file), "workers": workers}},
            "state_directory": str(folder / "state"),
            "lock": str(folder / "run/route.lock"),
            "test_command": self.command("test"),
            "reload_command": self.command("reload"),
            "request_limit_bytes": 4096,
        }
        self.write()

    def write(self) -> None:
        self.config.write_text(json.dumps(self.settings))

    def command(self, name: str, then: str = "true") -> List[str]:
        return ["sh", "-c", f"echo {name} >> {self.log}; {then}"]

    def set(self, **changes: Any) -> None:
        self.settings.update(changes)
        self.write()

    def ran(self) -> List[str]:
        return self.log.read_text().split()

    def everything(self) -> Dict[str, Any]:
        """All that a refused request must leave as it is."""
        below = [path for name in ("nginx", "state") for path in sorted((self.folder / name).rglob("*"))]
        held = {str(path): (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino) for path in below}
        return {**held, "ran": self.ran()}

    def call(self, line: bytes, *more: str) -> subprocess.CompletedProcess[bytes]:
        return run([str(APPLY), "--config", str(self.config), *more], line)

    def ask(self, *more: str, **request: Any) -> Dict[str, Any]:
        request = {"version": 1, "serving": "coding", **request}
        done = self.call(json.dumps(request).encode() + b"\n", *more)
        return answer(done)

    def publish(self, *servers: str, generation: int, port: Optional[int] = None) -> Dict[str, Any]:
        return self.ask(servers=list(servers), port=port or self.settings["ports"][0], generation=generation)

    def read(self) -> Dict[str, Any]:
        return self.ask(read=True)


def answer(done: subprocess.CompletedProcess[bytes]) -> Dict[str, Any]:
    """The one line that every call must answer with."""
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.stdout.count(b"\n") == 1, done.stdout
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def run(argv: List[str], line: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program as a host does."""
    return subprocess.run(
        [sys.executable, *argv],
        input=line,
        env={**os.environ, "PYTHONPATH": PROGRAMS, **env},
        capture_output=True,
        timeout=60,
        check=False,
    )


def publication(**changes: Any) -> bytes:
    """A good publication, but for what is changed."""
    whole = {"version": 1, "serving": "coding", "servers": ["127.0.0.2"], "port": 30100, "generation": 7}
    return json.dumps({**whole, **changes}).encode() + b"\n"


class Site:
    """A control plane below a folder: route-sync's configuration, its env file, and its ingresses."""

    def __init__(self, folder: Path, edges: Dict[str, Edge], port: int) -> None:
        self.folder = folder
        self.edges = edges
        self.config = folder / "route-sync.json"
        self.env = folder / "route-sync.env"
        self.state = folder / "state/state.json"
        for name in ("state", "run"):
            (folder / name).mkdir(parents=True)
        self.settings: Dict[str, Any] = {
            "region": "eu-central-1",
            "port_variable": "LLM_ROUTE_PORT",
            "refused_ports": [11434],
            "required_port": port,
            "routes": [self.route(addresses=["127.0.0.1"])],
            "ingresses": [
                {
                    "name": name,
                    "address": f"{name}.example.org",
                    "user": "example-route",
                    "ssh_port": 22,
                    "known_hosts": None,
                }
                for name in edges
            ],
            "ssh_key": str(folder / "key"),
            "token_file": None,
            "gate_timeout_seconds": 2,
            "confirm_timeout_seconds": 1.5,
            "state": str(self.state),
            "lock": str(folder / "run/lock"),
        }
        self.env.write_text(f"LLM_ROUTE_PORT={port}\n")
        self.write()

    @staticmethod
    def route(
        *, addresses: List[str], workers: int = 1, public_urls: Optional[List[str]] = None, **discovery: Any
    ) -> Dict[str, Any]:
        empty = {"kind": "static", "tags": {}, "instance_type": None, "network": NETWORK, "primary_tag": None}
        return {
            "serving": "coding",
            "model_id": MODEL,
            "context_length": CONTEXT,
            "workers": workers,
            "discovery": {**empty, "addresses": addresses, **discovery},
            "public_urls": public_urls or [],
        }

    def write(self) -> None:
        self.config.write_text(json.dumps(self.settings))

    def set(self, **changes: Any) -> None:
        self.settings.update(changes)
        self.write()

    def at(self, *addresses: str, **more: Any) -> None:
        """The one route, with these workers to look for."""
        self.set(routes=[self.route(addresses=list(addresses), **more)])

    def argv(self, *more: str) -> List[str]:
        return ["--config", str(self.config), "--env-file", str(self.env), *more]
