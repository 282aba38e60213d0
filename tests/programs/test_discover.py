"""The bind address: asked by IMDSv2 of a real server on loopback, checked, written."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Dict, Type

import discover
import pytest

BASE: Dict[str, Any] = {
    "source": "imds",
    "address": None,
    "last_seen": None,
    "network": "10.20.0.0/16",
    "imds_url": "http://127.0.0.1:1",
    "timeout_seconds": 2,
    "variable": "BIND_ADDRESS",
}


def metadata(address: str, status: int = 200) -> Type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            seconds = self.headers["X-aws-ec2-metadata-token-ttl-seconds"]
            self._say(200 if self.path == "/latest/api/token" and seconds.isdigit() else 400, "tok==")

        def do_GET(self) -> None:
            good = (
                self.path == "/latest/meta-data/local-ipv4"
                and self.headers["X-aws-ec2-metadata-token"] == "tok=="
            )
            self._say(status if good else 401, address)

        def _say(self, code: int, text: str) -> None:
            self.send_response(code)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def run(tmp_path: Path, *words: str, here: bool = True, **changes: Any) -> int:
    path = tmp_path / "discovery.json"
    path.write_text(json.dumps({**BASE, "output": str(tmp_path / "bind.env"), **changes}))
    return discover.main(["--config", str(path), *words], lambda _: here)


def imds(serve: Any, address: str, status: int = 200) -> str:
    host, port = serve(metadata(address, status))
    return f"http://{host}:{port}"


def test_writes_what_the_metadata_says(
    tmp_path: Path, serve: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    url = imds(serve, "10.20.1.5")
    assert run(tmp_path, "--json", imds_url=url, last_seen="10.20.1.4") == 0
    assert (tmp_path / "bind.env").read_text() == "BIND_ADDRESS=10.20.1.5\n"
    assert (tmp_path / "bind.env").stat().st_mode & 0o777 == 0o644
    captured = capsys.readouterr()
    assert json.loads(captured.out)["changed"] is True
    assert "10.20.1.4" in captured.err


def test_a_static_address_asks_nobody(tmp_path: Path) -> None:
    assert run(tmp_path, source="static", address="10.20.1.5") == 0
    assert (tmp_path / "bind.env").exists()


def test_a_dry_run_writes_nothing(tmp_path: Path, serve: Any) -> None:
    assert run(tmp_path, "--dry-run", imds_url=imds(serve, "10.20.1.5")) == 0
    assert not (tmp_path / "bind.env").exists()


@pytest.mark.parametrize(
    ("address", "network", "here", "message"),
    [
        ("8.8.8.8", "0.0.0.0/0", True, "no private address"),
        ("127.0.0.1", "127.0.0.0/8", True, "no private address"),
        ("169.254.1.1", "0.0.0.0/0", True, "no private address"),
        ("100.63.0.1", "0.0.0.0/0", True, "no private address"),
        ("172.32.0.1", "0.0.0.0/0", True, "no private address"),
        ("0.0.0.0", "0.0.0.0/0", True, "no private address"),
        ("10.21.0.1", "10.20.0.0/16", True, "not in the network 10.20.0.0/16"),
        ("10.20.1.5", "10.20.0.0/16", False, "no interface"),
        ("10.20.1.5\nX=1", "10.20.0.0/16", True, "no IPv4 address"),
        ("10.20.01.5", "10.20.0.0/16", True, "no IPv4 address"),
        ("fd00::1", "10.20.0.0/16", True, "no IPv4 address"),
        ("", "10.20.0.0/16", True, "no IPv4 address"),
    ],
)
def test_refuses_an_address(
    tmp_path: Path, serve: Any, capsys: Any, address: str, network: str, here: bool, message: str
) -> None:
    assert run(tmp_path, imds_url=imds(serve, address), network=network, here=here) == 78
    assert message in capsys.readouterr().err
    assert not (tmp_path / "bind.env").exists()


@pytest.mark.parametrize(("status", "code"), [(500, 75), (429, 75), (404, 78), (302, 78)])
def test_a_metadata_service_that_does_not_tell(tmp_path: Path, serve: Any, status: int, code: int) -> None:
    assert run(tmp_path, imds_url=imds(serve, "10.20.1.5", status)) == code


def test_no_metadata_service(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path) == 75
    assert "connection refused" in capsys.readouterr().err


@pytest.mark.parametrize(
    "changes",
    [
        {"source": "static"},
        {"address": "10.20.1.5"},
        {"network": "10.20.0.1/16"},
        {"timeout_seconds": 0},
        {"variable": "A B"},
        {"source": "ismd"},
        {"output": "/nonexistent/bind.env", "source": "static", "address": "10.20.1.5"},
    ],
)
def test_refuses_a_configuration(tmp_path: Path, changes: Dict[str, Any]) -> None:
    assert run(tmp_path, **changes) == 78


def test_this_hosts_addresses() -> None:
    assert discover.is_local("127.0.0.1")
    assert not discover.is_local("192.0.2.1")
