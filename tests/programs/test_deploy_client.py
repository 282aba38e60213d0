"""The clients' deploy helper, run as it ships: one file, alone, against a real route on loopback."""

from __future__ import annotations

import ast
import json
import os
import pty
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Callable, ClassVar, Dict, List, Optional, Tuple, Type

import deploy_client
import pytest

CANARY = "canary-7f3d9a1c5e"
Serve = Callable[[Type[BaseHTTPRequestHandler]], Tuple[str, int]]


class Route(BaseHTTPRequestHandler):
    """Lists one model to whoever has the token."""

    served: ClassVar[object] = {"data": [{"id": "model-b"}, {"id": "model-a"}]}
    redirect: ClassVar[Optional[str]] = None
    asked: ClassVar[List[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        right = self.headers.get("Authorization") == f"Bearer {CANARY}"
        self.send_response(302 if self.redirect else 200 if right else 401)
        if self.redirect:
            self.send_header("Location", self.redirect)
        self.end_headers()
        self.wfile.write(json.dumps(self.served).encode())

    def log_message(self, *_: Any) -> None:
        return


class Client:
    """A client's machine: the folder that was compiled for it, and where its service reads."""

    def __init__(self, folder: Path, serve: Serve) -> None:
        self.folder, self.serve = folder, serve
        self.program = folder / "deploy_client.py"
        shutil.copy(deploy_client.__file__, self.program)
        self.env, self.target, self.token = folder / "demo.env", folder / "service.env", folder / "token"
        self.token.write_text(f"{CANARY}\n")
        self.route = self.start()
        self.compile()

    def start(self, **change: object) -> Type[Route]:
        self.route = type("OneRoute", (Route,), {"asked": [], **change})
        host, port = self.serve(self.route)
        self.base = f"http://{host}:{port}/v1"
        return self.route

    def compile(self, *lines: str) -> None:
        usual = (f"DEMO_BASE_URL={self.base}", "DEMO_MODEL=model-a", "# secret DEMO_TOKEN from ssm:/team/key")
        self.env.write_text("\n".join(["# made by a compiler", *(lines or usual)]) + "\n")

    def deploy(self, *words: str, stdin: Any = subprocess.DEVNULL) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-I", str(self.program), "--env", str(self.env), "--target", str(self.target)]
        done = subprocess.run([*argv, *words], stdin=stdin, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert CANARY not in done.stdout + done.stderr
        return done

    @property
    def given(self) -> str:
        return f"--secret=DEMO_TOKEN=@{self.token}"


@pytest.fixture
def client(tmp_path: Path, serve: Serve) -> Client:
    return Client(tmp_path, serve)


def test_a_file_is_put_in_place_once(client: Client) -> None:
    done = client.deploy(client.given)
    assert (done.returncode, done.stdout) == (0, f"{client.target} is in place\n")
    assert client.target.read_text() == client.env.read_text() + f"DEMO_TOKEN={CANARY}\n"
    assert client.target.stat().st_mode & 0o777 == 0o600
    assert client.route.asked == ["/v1/models"]
    again = client.deploy()  # the token is in place already
    assert (again.returncode, again.stdout) == (0, f"{client.target} is up to date: nothing to do\n")


def test_the_file_before_is_kept(client: Client) -> None:
    client.target.write_text("OLD=1\n")
    client.target.chmod(0o644)
    done = client.deploy(client.given)
    previous = client.target.with_name("service.env.previous")
    assert f"the one before is {previous}" in done.stdout
    assert previous.read_text() == "OLD=1\n"
    assert previous.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in client.folder.iterdir() if path.name.startswith(".")) == []


def test_a_check_changes_nothing(client: Client) -> None:
    assert client.deploy(client.given, "--check").returncode == 3
    assert not client.target.exists()
    assert client.deploy(client.given).returncode == 0
    assert client.deploy("--check").returncode == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"served": {"data": [{"id": "model-b"}]}}, "serves model-b and not model-a"),
        ({"served": {"data": [{"id": "model:a"}, 7]}}, "and not model-a"),
        ({"served": {"data": []}}, "serves nothing and not model-a"),
        ({"served": {"data": "model-a"}}, "serves nothing"),
        ({"served": ["model-a"]}, "a list of models"),
        ({"redirect": "https://another.example.org/v1/models"}, "answers 302"),
    ],
)
def test_a_route_that_does_not_serve_the_model(client: Client, change: Dict[str, object], why: str) -> None:
    client.target.write_text("OLD=1\n")
    client.start(**change)
    client.compile()
    done = client.deploy(client.given)
    assert done.returncode == 1
    assert why in done.stderr
    assert "nothing is changed" in done.stderr
    assert client.target.read_text() == "OLD=1\n"


def test_a_route_that_does_not_answer(client: Client) -> None:
    client.base = "http://127.0.0.1:1/v1"
    client.compile()
    done = client.deploy(client.given)
    assert done.returncode == 1
    assert "does not answer" in done.stderr


def test_a_token_that_is_refused(client: Client) -> None:
    client.token.write_text("another\n")
    done = client.deploy(client.given)
    assert done.returncode == 1
    assert "the token is wrong or missing; give another with --secret" in done.stderr


def test_a_token_that_nobody_gives(client: Client) -> None:
    done = client.deploy()
    assert done.returncode == 1
    assert "DEMO_TOKEN is missing: it is kept in ssm:/team/key" in done.stderr


def test_a_value_on_the_command_line_is_refused_and_not_repeated(client: Client) -> None:
    done = client.deploy(f"--secret=DEMO_TOKEN={CANARY}")
    assert done.returncode == 78
    assert "NAME=@FILE" in done.stderr


def test_a_secret_of_another_client(client: Client) -> None:
    done = client.deploy(f"--secret=OTHER=@{client.token}")
    assert done.returncode == 78
    assert "this client has no secret 'OTHER'" in done.stderr


def test_a_file_of_secrets(client: Client) -> None:
    own = client.folder / "own.env"
    own.write_text(f'DEMO_TOKEN="{CANARY}"\n')
    own.chmod(0o640)
    done = client.deploy("--secrets", str(own))
    assert done.returncode == 78
    assert "chmod 600" in done.stderr
    own.chmod(0o600)
    assert client.deploy("--secrets", str(own)).returncode == 0


def test_a_token_in_a_file_of_this_host(client: Client) -> None:
    client.compile(
        f"X_BASE_URL={client.base}", "X_MODEL=model-a", f"# secret X_TOKEN from file:{client.token}"
    )
    assert client.deploy().returncode == 0


def test_a_prompt_on_a_terminal(client: Client) -> None:
    controller, terminal = pty.openpty()
    argv = [
        sys.executable,
        "-I",
        str(client.program),
        "--env",
        str(client.env),
        "--target",
        str(client.target),
    ]
    process = subprocess.Popen(argv, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True)
    os.close(terminal)
    said = b""
    while b"(ssm:/team/key): " not in said:
        said += os.read(controller, 1024)
    os.write(controller, f"{CANARY}\n".encode())
    assert process.wait(30) == 0
    said += os.read(controller, 4096)
    os.close(controller)
    assert CANARY.encode() not in said
    assert f"DEMO_TOKEN={CANARY}" in client.target.read_text()


@pytest.mark.parametrize(
    ("name", "url"),
    [("A_MODELS_URL", "{}/models"), ("A_BASE_URL", "{}/"), ("A_CHAT_URL", "{}/chat/completions")],
)
def test_the_address_follows_from_any_of_the_variables(client: Client, name: str, url: str) -> None:
    secret = f"# secret T from file:{client.token}"
    client.compile(f"{name}={url.format(client.base)}", 'A_MODEL="model-a"', secret)
    assert client.deploy().returncode == 0
    assert client.route.asked == ["/v1/models"]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["A_MODEL=model-a"], "no variable of the compiled file ends in"),
        (
            ["A_BASE_URL=http://a/v1", "B_BASE_URL=http://b/v1", "A_MODEL=m"],
            "end in BASE_URL should have one value, and have 2",
        ),
        (["A_BASE_URL=http://a/v1"], "end in MODEL should have one value, and have 0"),
        (["A_BASE_URL=ftp://a/v1", "A_MODEL=m"], "is no http address"),
        (["A_BASE_URL=x", "A_BASE_URL=y"], "demo.env:3 is no NAME=value line of its own"),
        (["export A=1"], "demo.env:2 is no NAME=value"),
    ],
)
def test_a_compiled_file_that_is_none(client: Client, lines: List[str], why: str) -> None:
    client.compile(*lines)
    done = client.deploy()
    assert done.returncode == 78
    assert why in done.stderr


def test_files_that_are_not_there_or_hold_no_text(client: Client) -> None:
    client.env.write_bytes(b"\xff\xfe")
    assert client.deploy().returncode == 78
    client.env.unlink()
    done = client.deploy()
    assert done.returncode == 1
    assert f"{client.env}: No such file" in done.stderr


def test_a_target_without_a_directory(client: Client) -> None:
    client.target = client.folder / "absent" / "service.env"
    done = client.deploy(client.given)
    assert done.returncode == 1
    assert "No such file" in done.stderr


@pytest.mark.parametrize("value", ["it's", "a\\b", "ü", "two\nlines"])
def test_values_that_readers_take_differently(client: Client, value: str) -> None:
    client.token.write_text(value)
    done = client.deploy(client.given)
    assert done.returncode == 1
    assert "DEMO_TOKEN holds a character that readers of environment files take differently" in done.stderr


@pytest.mark.parametrize("value", ["plain", "a b", 'say "x"', "$HOME", "a#b", "#a", "~root"])
def test_values_are_read_back_by_a_shell_as_they_were(value: str, tmp_path: Path) -> None:
    text = deploy_client.compose("A=1\n", {"T": value})
    path = tmp_path / "x.env"
    path.write_text(text)
    shell = f'. {path}; printf %s "$T"'
    assert subprocess.run(["sh", "-c", shell], capture_output=True, text=True, check=True).stdout == value
    assert deploy_client.parse(path)["T"] == value


def test_it_stands_alone() -> None:
    tree = ast.parse(Path(deploy_client.__file__).read_text())
    roots = {
        alias.name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in (node.names if isinstance(node, ast.Import) else [ast.alias(node.module or "")])
    }
    standard = getattr(sys, "stdlib_module_names", roots)  # not on 3.9
    assert roots <= set(standard)
