"""A small model, its canonical copy and its place; and an HTTP server that knows ranges and can stumble."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Callable, ClassVar, Dict, List, Tuple
from urllib.parse import unquote

import model_manifest

FILES: Dict[str, bytes] = {
    "config.json": b'{"architectures": ["Model"]}',
    "empty.txt": b"",
    "model-00001.safetensors": bytes(range(256)) * 40 + b"end",
    "model-00002.safetensors": bytes(reversed(range(256))) * 37,
    "sub/a b%20c.txt": b"a name with a blank",
    "tokenizer.json": b"tokens" * 50,
}
PROGRAMS = Path(model_manifest.__file__).parent


class Store:
    """The files of one test."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "source"
        self.mount = folder / "mount"
        self.mount.mkdir()
        self.directory = self.mount / "models" / "model-a"
        self.manifest = folder / "model-a.manifest.json"
        self.description = folder / "model-a.json"
        self.settings = folder / "rehydrate.json"
        self.lock = folder / "lock"
        for path, data in FILES.items():
            (self.source / path).parent.mkdir(parents=True, exist_ok=True)
            (self.source / path).write_bytes(data)
        self.manifest.write_text(json.dumps(dataclasses.asdict(model_manifest.record(str(self.source)))))
        self.describe()
        self.configure()

    def describe(self, **change: object) -> None:
        source: Dict[str, object] = {"kind": "directory", "location": str(self.source), "region": None}
        source.update({key: change.pop(key) for key in list(change) if key in source})
        model = {
            "model": "model-a",
            "repository": "team/model-a",
            "directory": str(self.directory),
            "source": source,
            "expected_bytes": sum(map(len, FILES.values())),
            "manifest": str(self.manifest),
        }
        self.description.write_text(json.dumps({**model, **change}))

    def configure(self, **change: object) -> None:
        settings = {
            "mount": str(self.mount),
            "lock": str(self.lock),
            "models": [str(self.description)],
            "free_space_factor": 1.1,
            "parallel": 4,
            "bandwidth_bytes_per_second": None,
            "attempts": 5,
            "timeout_seconds": 10,
        }
        self.settings.write_text(json.dumps({**settings, **change}))

    def found(self) -> Dict[str, bytes]:
        """What is in the model's directory, the marker apart."""
        paths = [path for path in self.directory.rglob("*") if path.is_file() and path.name != ".complete"]
        return {str(path.relative_to(self.directory)): path.read_bytes() for path in paths}

    def install(self) -> Path:
        """The programs as they lie on a host, all in one folder."""
        lib = self.mount.with_name("lib")
        for folder in ("hostkit", "rehydrate"):
            shutil.copytree(PROGRAMS.parents[1] / folder / "programs", lib, dirs_exist_ok=True)
        return lib

    def start(self, prelude: str, *, python: str = sys.executable) -> subprocess.Popen[bytes]:
        """A `run` as a process of its own; the prelude may change the program before."""
        tail = f"sys.exit(rehydrate.main(['--config', {str(self.settings)!r}, 'run']))"
        roots = [str(path) for path in PROGRAMS.parents[1].glob("*/programs")]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
        return subprocess.Popen([python, "-c", prelude + tail], env=env)


class RangeHandler(BaseHTTPRequestHandler):
    """Serves the files below `root` at /models/, with ranges; subclasses set what goes wrong."""

    root = Path()
    asked: ClassVar[List[Tuple[str, int]]] = []
    stumbles: ClassVar[Dict[str, int]] = {}  # so many times, a file is answered with 503
    short: ClassVar[Dict[str, int]] = {}  # so many times, an answer breaks off
    ranges = True
    redirect = False
    delay = 0.0
    told: Callable[[int], None] = staticmethod(lambda count: None)
    guard = threading.Lock()

    def do_GET(self) -> None:
        path = unquote(self.path[len("/models/") :])
        bounds = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        start, end = (int(bounds[1]), int(bounds[2]) + 1) if bounds else (0, 1 << 60)
        with self.guard:
            self.asked.append((path, start))
            count = len(self.asked)
            stumble, short = self._spend(self.stumbles, path), self._spend(self.short, path)
        time.sleep(self.delay)
        self.told(count)
        try:
            self._answer(path, start, end, stumble=stumble, short=short)
        except OSError:
            return

    def _answer(self, path: str, start: int, end: int, *, stumble: bool, short: bool) -> None:
        file = self.root / path
        if stumble or self.redirect or not file.is_file():
            self.send_response(503 if stumble else 302 if self.redirect else 404)
            self.send_header("Content-Length", "9")
            self.end_headers()
            self.wfile.write(b"no answer")
            return
        data = file.read_bytes()
        part = data[start:end] if self.ranges else data
        self.send_response(206 if self.ranges else 200)
        if self.ranges:
            self.send_header("Content-Range", f"bytes {start}-{start + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part[: len(part) // 2] if short else part)

    def _spend(self, budget: Dict[str, int], path: str) -> bool:
        left = budget.get(path, 0)
        budget[path] = left - 1
        return left > 0

    def log_message(self, *_: Any) -> None:
        return
