"""A worker in a folder: a real HTTP engine on loopback, real files, scripts for systemctl and nvidia-smi."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Dict, List, Type

import watchdog

SYSTEMCTL = """#!/bin/sh
echo "$*" >> "{folder}/calls"
case "$*" in
  *reset-failed*) exit 1 ;;
  *show*--value*) cat "{folder}/rehydrate" ;;
  *show*) cat "{folder}/unit" || {{ echo "Failed to connect to bus" >&2; exit 1; }} ;;
  *) test ! -e "{folder}/denied" || {{ echo "Access denied" >&2; exit 4; }} ;;
esac
"""
NVIDIA_SMI = """#!/bin/sh
test -e "{folder}/gpus" || exit 9
case "$1" in
  --query-gpu*) cat "{folder}/gpus" ;;
  *) cat "{folder}/apps" ;;
esac
"""
UNIT = """LoadState=loaded
UnitFileState=enabled
ActiveState=active
SubState=running
InvocationID=aaaa
ActiveEnterTimestampMonotonic=1
NRestarts=0
ControlGroup=/system.slice/engine.service
"""
IDLE = """# HELP x
sglang:num_running_reqs{m="a b"} 0.0
sglang:num_queue_reqs 0
sglang:generation_tokens_total 7
"""


@dataclass
class Engine:
    health: int = 200
    rows: List[Dict[str, Any]] = field(default_factory=lambda: [{"id": "served", "max_model_len": 4096}])
    metrics: str = IDLE
    tokens: int = 1
    completions: int = 0

    def handler(self) -> Type[BaseHTTPRequestHandler]:
        engine = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/health":
                    self._say(engine.health, "")
                elif self.path == "/metrics":
                    self._say(200, engine.metrics)
                elif self.headers["Authorization"] != "Bearer k3y":
                    self._say(401, "{}")
                else:
                    self._say(200, json.dumps({"data": engine.rows}))

            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                engine.completions += 1
                good = asked["model"] == "served" and 1 <= asked["max_tokens"] <= 8
                answer = {"choices": [{}], "usage": {"completion_tokens": engine.tokens}}
                self._say(
                    200 if good and self.headers["Authorization"] == "Bearer k3y" else 400, json.dumps(answer)
                )

            def _say(self, status: int, text: str) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler


class Scene:
    """A host in a folder."""

    def __init__(self, folder: Path, engine: Engine, port: int) -> None:
        self.folder, self.engine = folder, engine
        self.lease = folder / "lease.json"
        self._script("systemctl", SYSTEMCTL)
        self._script("nvidia-smi", NVIDIA_SMI)
        self.put("unit", UNIT)
        self.put("rehydrate", "inactive\n")
        self.put("gpus", "GPU-a, Example G1, 23034\nGPU-b, Example G1, 23034\n")
        self.put("apps", f"GPU-a, {os.getpid()}, 100\nGPU-b, {os.getpid()}, 100\nGPU-b, 1, 5\n")
        cgroup = folder / "cgroup/system.slice/engine.service/child"
        cgroup.mkdir(parents=True)
        (cgroup / "cgroup.procs").write_text(f"{os.getpid()}\n")
        self.put("bind.env", "BIND_ADDRESS=127.0.0.1\n")
        self.put("api-key", "k3y\n")
        self.model()
        self.config = self._config(port)

    def _script(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(folder=self.folder))
        path.chmod(0o755)

    def put(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def model(self) -> None:
        model = self.folder / "model"
        model.mkdir()
        (model / "weights").write_bytes(b"12345")
        entry = {"path": "weights", "size": 5, "sha256": hashlib.sha256(b"12345").hexdigest()}
        self.put("manifest.json", json.dumps({"version": 1, "files": [entry]}))
        digest = hashlib.sha256((self.folder / "manifest.json").read_bytes()).hexdigest()
        (model / ".complete").write_text(digest + "\n")
        self.describe(str(self.folder / "manifest.json"))

    def describe(self, manifest: Any) -> None:
        description = {
            "model": "served",
            "repository": "example/served",
            "directory": str(self.folder / "model"),
            "source": {"kind": "directory", "location": "/nowhere", "region": None},
            "expected_bytes": 5,
            "manifest": manifest,
        }
        self.put("model.json", json.dumps(description))

    def _config(self, port: int) -> Dict[str, Any]:
        folder = str(self.folder)
        return {
            "unit": "engine.service",
            "rehydrate_unit": "rehydrate.service",
            "mount": "/proc",
            "model_description": f"{folder}/model.json",
            "address_file": f"{folder}/bind.env",
            "address_variable": "BIND_ADDRESS",
            "port": port,
            "model_id": "served",
            "context_length": 4096,
            "gpus": {"count": 2, "name": "Example G1", "memory_bytes": 24 << 30},
            "dependencies": {
                "python": sys.executable,
                "modules": ["json"],
                "commands": ["sh"],
                "path": "/bin:/usr/bin",
            },
            "policy": {
                "load_grace_seconds": 5,
                "failures_before_restart": 2,
                "restarts_per_hour": 3,
                "latch_after_restarts": 3,
                "backoff_initial_seconds": 60,
                "backoff_limit_seconds": 600,
                "probe_timeout_seconds": 2,
                "deep_probe_timeout_seconds": 2,
                "deep_probe_interval_seconds": 300,
            },
            "token_credential": "api-key",
            "maintenance_lease": str(self.lease),
            "memory": f"{folder}/memory.json",
            "report": f"{folder}/report.json",
            "metrics": f"{folder}/watchdog.prom",
        }

    def words(self, *words: str) -> List[str]:
        self.put("watchdog.json", json.dumps(self.config))
        return ["--config", str(self.folder / "watchdog.json"), *words]

    def tick(self, *words: str) -> int:
        return watchdog.main(self.words(*words))

    def calls(self) -> List[str]:
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if "show" not in line]

    def report(self) -> Dict[str, Any]:
        found: Dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found
