"""The whole chain, as processes: route-sync → ssh → forced command → socket → applier → nginx → public.

Only ssh is a stand-in (a script of that name on PATH that does what sshd does with a forced command), and
systemd's socket activation is a thread that does what `Accept=yes` does.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Iterator, List

import pytest

from tests.native.needs import needs
from tests.programs.route_fakes import (
    APPLY,
    CONTEXT,
    ENV,
    MODEL,
    SUBMIT,
    SYNC,
    TOKEN,
    Edge,
    Site,
    run,
    worker,
)

pytestmark = pytest.mark.native

SSH = """#!{python}
import json, os, sys
host = sys.argv[-1]
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv) + "\\n")
if host in os.environ.get("DEAD_HOSTS", "").split():
    sys.stderr.write("ssh: connect to host " + host + " port 22: Connection timed out\\n")
    sys.exit(255)
os.environ["SSH_ORIGINAL_COMMAND"] = ""
os.execv({python!r}, [{python!r}, {submit!r}, "--socket", os.path.join({folder!r}, host + ".sock")])
"""

NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  upstream coding {{ zone coding 64k; include {route}; }}
  server {{
    listen 127.0.0.1:{port};
    location = /llm/v1/models {{ proxy_pass http://coding/v1/models; }}
  }}
}}
"""


class Nginx:
    """A real nginx in front of an ingress's route file."""

    def __init__(self, edge: Edge, name: str) -> None:
        self._argv = [
            needs("nginx"),
            "-p",
            str(edge.folder),
            "-c",
            "nginx.conf",
            "-e",
            str(edge.folder / "start.log"),
        ]
        self.socket = edge.folder.parent / f"{name}.example.org.sock"
        self.edge = edge
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.conf = edge.folder / "nginx.conf"
        self.conf.write_text(NGINX.format(folder=edge.folder, route=edge.file, port=self.port))
        edge.set(test_command=[*self._argv, "-t", "-q"], reload_command=[*self._argv, "-s", "reload"])
        self.url = f"http://127.0.0.1:{self.port}/llm/v1/models"

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with subprocess.Popen(self._argv) as process, self._listening():
            try:
                self._wait()
                yield
            finally:
                process.terminate()

    def status(self) -> int:
        try:
            with urllib.request.urlopen(self.url, timeout=5) as reply:
                return int(reply.status)
        except urllib.error.HTTPError as fault:
            with fault:
                return int(fault.code)

    def _wait(self) -> None:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.02)
        raise AssertionError("nginx did not start: " + (self.edge.folder / "start.log").read_text())

    @contextlib.contextmanager
    def _listening(self) -> Iterator[None]:
        """As systemd's socket unit: a process a connection, with the connection as its stdin and stdout."""
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        listener.bind(str(self.socket))
        listener.listen(8)

        def serve() -> None:
            argv = [sys.executable, str(APPLY), "--config", str(self.edge.config)]
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    ends = connection.fileno()
                    subprocess.run(argv, stdin=ends, stdout=ends, env=ENV, check=False)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(5)


class Chain:
    """Two ingresses with nginx, two workers, a control plane."""

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.log = folder / "ssh.log"
        self.edges = {name: Edge(folder / name, port=port) for name in ("edge-1", "edge-2")}
        self.nginx = [Nginx(edge, name) for name, edge in self.edges.items()]
        self.site = Site(folder / "control", self.edges, port)
        ssh = folder / "bin/ssh"
        ssh.parent.mkdir()
        ssh.write_text(
            SSH.format(python=sys.executable, log=str(self.log), submit=str(SUBMIT), folder=str(folder))
        )
        ssh.chmod(0o755)
        self._path = f"{ssh.parent}:{os.environ['PATH']}"

    def at(self, address: str) -> None:
        self.site.at(address, public_urls=[one.url for one in self.nginx])

    def until(self, statuses: List[int], seconds: float = 10) -> None:
        """Wait for the answers: after a reload, nginx's old worker takes connections for a moment more."""
        end = time.monotonic() + seconds
        while (found := [one.status() for one in self.nginx]) != statuses:
            assert time.monotonic() < end, found
            time.sleep(0.02)

    def sync(self, *more: str, dead: str = "") -> subprocess.CompletedProcess[bytes]:
        return run([str(SYNC), *self.site.argv("--json", *more)], PATH=self._path, DEAD_HOSTS=dead)

    def calls(self) -> List[List[str]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def chain(tmp_path: Path) -> Iterator[Chain]:
    with worker("127.0.0.21") as (_, port), worker("127.0.0.22", port):
        found = Chain(tmp_path, port)
        with contextlib.ExitStack() as stack:
            for one in found.nginx:
                stack.enter_context(one.running())
            yield found


def test_a_worker_moves(chain):
    assert [one.status() for one in chain.nginx] == [502, 502]
    chain.at("127.0.0.21")
    done = chain.sync()
    assert done.returncode == 0, done.stderr.decode()
    chain.until([200, 200])
    chain.at("127.0.0.22")
    assert chain.sync().returncode == 0
    assert chain.edges["edge-2"].file.read_text() == f"server 127.0.0.22:{chain.port} max_fails=0;\n"


def test_the_public_answer_is_the_new_workers(chain):
    chain.at("127.0.0.21")
    chain.sync()
    chain.until([200, 200])
    with urllib.request.urlopen(chain.nginx[0].url, timeout=5) as reply:
        assert json.load(reply)["data"] == [{"id": MODEL, "max_model_len": CONTEXT}]


def test_nginx_refuses_on_one_ingress_and_both_keep_the_old_route(chain):
    chain.at("127.0.0.21")
    chain.sync()
    chain.nginx[1].conf.write_text(chain.nginx[1].conf.read_text() + "\nno_such_directive;\n")
    chain.at("127.0.0.22")
    done = chain.sync()
    assert done.returncode == 13
    assert "no_such_directive" in json.loads(done.stdout)["routes"][0]["error"]
    for edge in chain.edges.values():
        assert edge.file.read_text() == f"server 127.0.0.21:{chain.port} max_fails=0;\n"
    chain.until([200, 200])


def test_a_dead_ingress_keeps_all_back(chain):
    chain.at("127.0.0.21")
    done = chain.sync(dead="edge-2.example.org")
    assert done.returncode == 13
    assert "edge-2" in done.stderr.decode() and "Connection timed out" in done.stderr.decode()
    assert [one.status() for one in chain.nginx] == [502, 502]


def test_a_dry_run_only_reads(chain):
    chain.at("127.0.0.21")
    assert chain.sync("--dry-run").returncode == 0
    assert [one.status() for one in chain.nginx] == [502, 502]
    assert len(chain.calls()) == 2


def test_how_ssh_is_called(chain):
    token = chain.site.folder / "token"
    token.write_text(TOKEN)
    chain.site.set(token_file=str(token))
    chain.site.settings["ingresses"][0]["known_hosts"] = "/etc/example/known_hosts"
    chain.at("127.0.0.21")
    chain.sync()
    strict, learning = chain.calls()[:2]
    for argv, host in ((strict, "edge-1.example.org"), (learning, "edge-2.example.org")):
        assert argv[-1] == host and argv[argv.index("-l") + 1] == "example-route"
        assert argv[argv.index("-i") + 1] == chain.site.settings["ssh_key"]
        assert {"BatchMode=yes", "ConnectTimeout=10", "LogLevel=ERROR", "IdentitiesOnly=yes"} <= set(argv)
    assert {"StrictHostKeyChecking=yes", "UserKnownHostsFile=/etc/example/known_hosts"} <= set(strict)
    assert {
        "StrictHostKeyChecking=accept-new",
        f"UserKnownHostsFile={chain.site.state.parent}/known_hosts",
    } <= set(learning)
    assert not any(TOKEN in word for argv in chain.calls() for word in argv)


def test_the_real_ssh_takes_these_words(chain):
    """`ssh -G` parses a command line and prints what it means."""
    chain.at("127.0.0.21")
    chain.sync()
    argv = chain.calls()[0]
    done = subprocess.run([needs("ssh"), "-G", *argv[1:]], capture_output=True, text=True, check=False)
    meant = dict(line.split(" ", 1) for line in done.stdout.splitlines() if " " in line)
    assert done.returncode == 0, done.stderr
    assert (meant["user"], meant["batchmode"], meant["stricthostkeychecking"]) == (
        "example-route",
        "yes",
        "accept-new",
    )
    assert (meant["hostname"], meant["port"], meant["identitiesonly"]) == ("edge-1.example.org", "22", "yes")
