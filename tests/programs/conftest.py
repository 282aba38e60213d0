"""Puts the shipped programs where Python finds them, as they are on a host: all in one flat place.

`serve` starts a real HTTP server on loopback, since the programs' HTTP is tested against the real thing;
`installed` is a folder as a host has it, for tests that start a program as a process.
"""

from __future__ import annotations

import shutil
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Callable, Tuple, Type

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in [*sorted(ROOT.glob("targets/*/programs")), Path(__file__).parent]:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with every program, flat, as an installer leaves it on a host."""
    folder = tmp_path_factory.mktemp("installed")
    for source in ROOT.glob("targets/*/programs/**/*.py"):
        target = folder / source.relative_to(next(one for one in source.parents if one.name == "programs"))
        target.parent.mkdir(exist_ok=True)
        shutil.copy2(source, target)
    return folder


@pytest.fixture
def serve() -> Iterator[Callable[[Type[BaseHTTPRequestHandler]], Tuple[str, int]]]:
    """Starts a server with a handler class on a free loopback port, and gives its host and port."""
    servers = []

    def start(handler: Type[BaseHTTPRequestHandler]) -> Tuple[str, int]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return "127.0.0.1", server.server_address[1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()
