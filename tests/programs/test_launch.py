"""The preflight, and that the program becomes the engine: a real Python that prints its argv."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import launch
import pytest


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Dict[str, Any]:
    (tmp_path / "bind.env").write_text("BIND_ADDRESS=127.0.0.1\n")
    (tmp_path / "model").mkdir()
    (tmp_path / "auth.yaml").write_text('api-key: "k"\n')
    (tmp_path / "fake_engine.py").write_text("import json, sys; print(json.dumps(sys.argv[1:]))")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    return {
        "python": sys.executable,
        "module": "fake_engine",
        "address_file": str(tmp_path / "bind.env"),
        "address_variable": "BIND_ADDRESS",
        "port": port,
        "model_directory": str(tmp_path / "model"),
        "arguments": ["--model-path", "a b", "--tp-size", "4"],
        "auth_credential": "auth.yaml",
    }


def configured(tmp_path: Path, scene: Dict[str, Any]) -> List[str]:
    path = tmp_path / "launch.json"
    path.write_text(json.dumps(scene))
    return ["--config", str(path)]


def check(tmp_path: Path, scene: Dict[str, Any]) -> int:
    """Only the preflight: one that passed would make the test's own process the engine."""
    return launch.main([*configured(tmp_path, scene), "--dry-run"])


def start(installed: Path, tmp_path: Path, scene: Dict[str, Any]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(installed / "launch.py"), *configured(tmp_path, scene)]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def test_becomes_the_engine(installed: Path, tmp_path: Path, scene: Dict[str, Any]) -> None:
    done = start(installed, tmp_path, scene)
    port, credential = str(scene["port"]), str(tmp_path / "auth.yaml")
    assert done.returncode == 0, done.stderr
    added = ["--host", "127.0.0.1", "--port", port, "--config", credential]
    assert json.loads(done.stdout) == [*scene["arguments"], *added]


def test_a_dry_run_starts_nothing(tmp_path: Path, scene: Dict[str, Any], capsys: Any) -> None:
    assert launch.main([*configured(tmp_path, scene), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["command"][:3] == [sys.executable, "-m", "fake_engine"]


def test_a_busy_port_is_tried_again_later(tmp_path: Path, scene: Dict[str, Any], capsys: Any) -> None:
    with socket.create_server(("127.0.0.1", scene["port"])):
        assert check(tmp_path, scene) == 75
    assert f"127.0.0.1:{scene['port']} is in use" in capsys.readouterr().err


def test_an_address_that_went_is_tried_again_later(tmp_path: Path, scene: Dict[str, Any]) -> None:
    (tmp_path / "bind.env").write_text("BIND_ADDRESS=192.0.2.1\n")
    assert check(tmp_path, scene) == 75


@pytest.mark.parametrize("text", ["", "BIND_ADDRESS=0.0.0.0\n", "BIND_ADDRESS=host\n", "OTHER=1\n", "junk\n"])
def test_refuses_an_address_file(tmp_path: Path, scene: Dict[str, Any], text: str) -> None:
    (tmp_path / "bind.env").write_text(text)
    assert check(tmp_path, scene) == 78


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"python": "/nonexistent/python"}, "/nonexistent/python cannot be run"),
        ({"model_directory": "/nonexistent"}, "the model directory /nonexistent is not there"),
        ({"address_file": "/nonexistent"}, "/nonexistent: cannot be read"),
        ({"arguments": ["--host=0.0.0.0"]}, "--host is added by this program"),
        ({"arguments": ["--config", "x"]}, "--config is added by this program"),
        ({"arguments": ["a\0b"]}, "NUL"),
        ({"port": 0}, "0 is no port"),
        ({"port": 65536}, "65536 is no port"),
        ({"auth_credential": "../auth.yaml"}, "must be a file name"),
        ({"auth_credential": "auth.yml"}, "ends in .yaml"),
        ({"auth_credential": "absent.yaml"}, "the credential absent.yaml is missing or empty"),
        ({"extra": 1}, "extra: is unknown"),
    ],
)
def test_refuses(
    tmp_path: Path, scene: Dict[str, Any], capsys: Any, changes: Dict[str, Any], message: str
) -> None:
    assert check(tmp_path, {**scene, **changes}) == 78
    assert message in capsys.readouterr().err


def test_without_its_unit_there_is_no_credential(
    tmp_path: Path, scene: Dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY")
    assert check(tmp_path, scene) == 78
    scene["auth_credential"] = None
    assert check(tmp_path, scene) == 0


def test_an_interpreter_that_is_none(installed: Path, tmp_path: Path, scene: Dict[str, Any]) -> None:
    fake = tmp_path / "python"
    fake.write_bytes(b"\x7fELFnot")
    fake.chmod(0o755)
    done = start(installed, tmp_path, {**scene, "python": str(fake)})
    assert done.returncode == 78
    assert "the engine is not started" in done.stderr
    assert "Traceback" not in done.stderr
