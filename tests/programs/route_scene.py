"""The scene of route-sync's tests: workers on loopback, and real appliers behind a transport without ssh."""

from __future__ import annotations

import contextlib
import json
import signal
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest

from tests.programs.route_fakes import TOKEN, Behaviour, Edge, Site, worker

DISCOVERY, UNHEALTHY, AMBIGUOUS, PUBLICATION, SPLIT, UNCONFIRMED = range(10, 16)
BUSY, CONFIGURATION = 75, 78
Trouble = Callable[[Dict[str, Any], bytes], Optional[bytes]]


class Appliers:
    """The transport of these tests: a request goes to the ingress's real applier, which may be broken."""

    def __init__(self, edges: Dict[str, Edge]) -> None:
        self.edges = edges
        self.sent: List[Tuple[str, Dict[str, Any]]] = []
        self.trouble: Dict[str, Trouble] = {}

    def ask(self, ingress: Any, request: bytes) -> bytes:
        from apply_route import respond
        from route_publish import NotApplied

        asked = json.loads(request)
        self.sent.append((ingress.name, asked))
        at_stop = signal.getsignal(signal.SIGTERM)
        found, _ = respond(str(self.edges[ingress.name].config), lambda _: request)
        signal.signal(signal.SIGTERM, at_stop)
        answer = json.dumps(found).encode() + b"\n"
        changed = self.trouble[ingress.name](asked, answer) if ingress.name in self.trouble else answer
        if changed is None:
            raise NotApplied(f"{ingress.name}: no answer over ssh")
        return changed

    def publications(self) -> List[Tuple[str, Tuple[str, ...], int]]:
        return [
            (name, tuple(asked["servers"]), asked["generation"])
            for name, asked in self.sent
            if "servers" in asked
        ]


class Scene:
    """Two ingresses, workers at 127.0.0.1 and up (all at one port), and a run of the program."""

    def __init__(
        self, folder: Path, workers: List[Behaviour], port: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.port = port
        self.workers = workers
        self.edges = {name: Edge(folder / name, port=port) for name in ("edge-1", "edge-2")}
        self.appliers = Appliers(self.edges)
        self.site = Site(folder / "control", self.edges, port)
        self._capsys = capsys
        self.err = ""

    def run(self, *more: str) -> Tuple[int, Dict[str, Any]]:
        """The exit code and the result; what was said on stderr is in `err`."""
        from sync_route import main

        self.appliers.sent.clear()
        code = main(self.site.argv("--json", *more), self.appliers)
        out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err and TOKEN not in self.err + out
        return code, json.loads(out) if out else {}

    def stands(self) -> List[str]:
        return [edge.file.read_text() for edge in self.edges.values()]

    def line(self, address: str) -> str:
        return f"server {address}:{self.port} max_fails=0;\n"


@contextlib.contextmanager
def setting(folder: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Scene]:
    """The scene, set below a folder."""
    with contextlib.ExitStack() as stack:
        first, port = stack.enter_context(worker())
        others = [stack.enter_context(worker(f"127.0.0.{number}", port))[0] for number in (2, 3)]
        yield Scene(folder, [first, *others], port, capsys)
