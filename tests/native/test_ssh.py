"""Route-sync to nginx over a real sshd: both hosts' compiled trees in one cell, and nothing of ours replaced.

The worker is found statically, for there is no EC2 here; systemd's own `systemd-socket-activate` stands for
the compiled socket unit.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.native import cell as cells
from tests.native import edge as edges
from tests.native.engine import TOKEN
from tests.native.needs import needs
from tests.native.site import SPEC, Site, compiled

pytestmark = [
    pytest.mark.native,
    pytest.mark.skipif(not cells.is_root(), reason="sshd changes accounts: needs root"),
]

# Debian 12's own, but for comments.
SSHD_CONFIG = """KbdInteractiveAuthentication no
UsePAM yes
X11Forwarding yes
PrintMotd no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
"""


@dataclass
class Pair:
    """The control plane and the ingress, running."""

    edge: edges.Edge
    site: Site

    @property
    def key(self) -> str:
        return f"{self.site.runtime.layout.credentials}/route-sync-ssh-key"

    def sync(self, *words: str) -> tuple[int, dict, str]:
        """Run route-sync by the operators' command; its code, its result, and what it said."""
        wrapper = f"/usr/local/bin/{self.site.runtime.route_sync.wrapper}"
        done = self.edge.cell.run(
            "env", "SSL_CERT_FILE=/authority.pem", wrapper, "--json", *words, timeout=90
        )
        return done.code, json.loads(done.out) if done.out else {}, done.err

    def ssh(
        self, *words: str, given: str = "", source: str | None = None, options: tuple[str, ...] = ()
    ) -> cells.Done:
        """Knock with the control plane's key, asking for something else."""
        quiet = [
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "LogLevel=ERROR",
        ]
        argv = ["ssh", "-F", "none", *(word for option in quiet for word in ("-o", option)), "-i", self.key]
        there = f"{self.site.runtime.layout.route_user}@localhost"
        argv += ["-b", source or self.edge.nobody, *options, there, *words]
        return self.edge.cell.run(*argv, given=given, timeout=20)


def spec_with(public_key: str) -> Site:
    """The real spec, once the control plane has a key, with the worker at the address that the spec gives."""
    (discovery,) = re.findall(r"    discovery:\n(?:      .*\n)+", SPEC.read_text())
    return compiled(
        ("public_key: null", f"public_key: {public_key}"),
        (discovery, "    discovery:\n      source: static\n"),
        ("      source: imds\n", "      source: static\n"),
    )


def keygen(place: Path, *words: str) -> str:
    """Make a key; its public half."""
    argv = [needs("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(place), *words]
    subprocess.run(argv, check=True)
    return Path(f"{place}.pub").read_text().strip()


def put(root: Path, path: str, data: str, mode: int = 0o600) -> None:
    place = root / path.lstrip("/")
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(data)
    place.chmod(mode)


def stage(root: Path, keys: Path) -> Site:
    """Both hosts in one tree, with what their installers would have brought."""
    site = spec_with(keygen(keys / "route"))
    control, layout = site.role("control-plane"), site.runtime.layout
    site.lay(control, root)
    edges.stage(site, root)
    inside = edges.addresses(site)[-1]
    names = "".join(f"{inside} {route.hostname}\n" for _, route in site.runtime.routes())
    put(root, "/etc/hosts", f"127.0.0.1 localhost\n{names}", 0o644)
    keygen(keys / "host")
    put(root, "/etc/ssh/ssh_host_ed25519_key", (keys / "host").read_text())
    put(root, "/etc/ssh/sshd_config", SSHD_CONFIG)
    put(root, f"{layout.credentials}/route-sync-ssh-key", (keys / "route").read_text())
    put(root, f"{layout.credentials}/api-key", f"{TOKEN}\n")
    python = root / layout.aws_tools.lstrip("/") / "bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/usr/bin/python3")
    return site


def boot(pair: Pair) -> None:
    """What systemd and the installers do: accounts, directories, the socket, sshd."""
    cell, site = pair.edge.cell, pair.site
    for kind, tool in (("sysusers", "systemd-sysusers"), ("tmpfiles", "systemd-tmpfiles")):
        for host in (site.role("ingress"), site.role("control-plane")):
            ours = [path for path in site.tree(host) if path.startswith(f"/etc/{kind}.d/")]
            create = ["--create"] if kind == "tmpfiles" else []
            done = cell.run(needs(tool), *create, *ours) if ours else cells.Done(0, "", "")
            assert done.code == 0, done.err
    cell.path(f"{site.runtime.layout.state}/{site.runtime.route_sync.unit}").mkdir(mode=0o755, exist_ok=True)
    listen(pair)
    cell.start(needs("sshd"), "-D", "-e", log="/var/log/sshd.log")
    pair.edge.until(lambda: reachable(cell))


def listen(pair: Pair) -> None:
    """The compiled socket unit, by systemd-socket-activate."""
    units = pair.site.units(pair.site.role("ingress"))
    socket = next(text for name, text in units.items() if name.endswith(".socket"))
    service = next(text for name, text in units.items() if name.endswith("@.service"))
    wanted = dict(line.split("=", 1) for line in socket.splitlines() if "=" in line)
    assert wanted["Accept"] == "yes"
    path, command = wanted["ListenStream"], re.search(r"^ExecStart=(.*)$", service, re.MULTILINE)
    assert command
    argv = [needs("systemd-socket-activate"), "--accept", "--inetd", "-l", path, *command.group(1).split()]
    cell = pair.edge.cell
    cell.start(*argv, log="/var/log/socket.log")
    pair.edge.until(cell.path(path).is_socket)
    owner = f"{wanted['SocketUser']}:{wanted['SocketGroup']}"
    assert cell.run("chown", owner, path).code == cell.run("chmod", wanted["SocketMode"], path).code == 0


def reachable(cell: cells.Cell) -> bool:
    with contextlib.suppress(cells.Unreachable):
        cell.connect("127.0.0.1", 22).close()
        return True
    return False


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    for tool in ("sshd", "ssh", "nginx"):
        needs(tool)
    root = tmp_path_factory.mktemp("pair")
    site = stage(root, tmp_path_factory.mktemp("keys"))
    with edges.started(site, root) as edge:
        both = Pair(edge, site)
        boot(both)
        yield both


def authorized(pair: Pair) -> Path:
    return pair.edge.cell.path(f"{pair.site.runtime.layout.state}/route-user/.ssh/authorized_keys")


def test_the_entry_parses(pair):
    done = subprocess.run(
        [needs("ssh-keygen"), "-lf", str(authorized(pair))], capture_output=True, text=True, check=True
    )
    assert "(ED25519)" in done.stdout and done.stdout.count("\n") == 1


def test_without_a_key_nobody_may_publish(site):
    (text,) = (
        data for path, data in site.tree(site.role("ingress")).items() if path.endswith("authorized_keys")
    )
    assert all(line.startswith(b"#") for line in text.splitlines())


def test_a_dry_run_reads_over_ssh_and_changes_nothing(pair):
    (place,) = pair.edge.cell.path("/etc/nginx").glob("*/upstream-*.servers")
    before = place.read_bytes()
    code, _, err = pair.sync("--dry-run")
    assert code == 0, err
    assert place.read_bytes() == before


def test_the_whole_way(pair):
    """Gate the worker → ssh → forced command → socket → applier → nginx → confirm by both public routes."""
    edge = pair.edge
    start = time.monotonic()
    code, result, err = pair.sync()
    assert code == 0, (err, edge.cell.path("/var/log/sshd.log").read_text())
    assert time.monotonic() - start < 20
    (place,) = edge.cell.path("/etc/nginx").glob("*/upstream-*.servers")
    assert place.read_text() == f"server {edge.addresses[0]}:{edge.port} max_fails=0;\n"
    assert edge.served_by(edge.addresses[0])
    assert {hit.target for hit in edge.engines[0].hits} == {"/v1/models", "/v1/chat/completions"}
    assert TOKEN not in err and TOKEN not in json.dumps(result)
    assert pair.sync()[0] == 0


SERVING = min(compiled().runtime.serving)
READ = json.dumps({"version": 1, "serving": SERVING, "read": True}) + "\n"


@pytest.mark.parametrize(
    "words", [(), ("id",), ("sh", "-c", "id"), ("cat", "/etc/passwd"), ("scp", "-t", "/tmp")], ids=str
)
def test_only_the_forced_command_runs(pair, words):
    done = pair.ssh(*words, given=READ)
    assert json.loads(done.out)["ok"] is True and "uid=" not in done.out + done.err


def test_a_request_that_is_no_request_is_refused(pair):
    done = pair.ssh(given="id\n")
    assert json.loads(done.out)["ok"] is False


def test_no_terminal_no_forwarding_no_sftp(pair):
    assert json.loads(pair.ssh("-s", "sftp", given=READ).out)["ok"] is True
    assert "PTY allocation request failed" in pair.ssh(options=("-tt",), given=READ).err
    forward = ("-o", "ExitOnForwardFailure=yes", "-R", f"{pair.edge.nobody}:9999:localhost:443")
    assert pair.ssh(options=forward, given=READ).code == 255
    jump = pair.ssh(options=("-W", "127.0.0.1:443"), given="x")
    assert jump.code == 255 and "forwarding failed" in jump.err


def test_an_entry_without_the_restrictions_would_be_caught(pair):
    entry = authorized(pair)
    right = entry.read_text()
    entry.write_text(right[right.index("ssh-ed25519") :])
    try:
        assert "uid=" in pair.ssh("id").out
        assert pair.ssh(source="127.0.0.1").code == 0
    finally:
        entry.write_text(right)


def test_from_outside_the_network_the_key_opens_nothing(pair):
    done = pair.ssh(given=READ, source="127.0.0.1")
    assert done.code == 255 and "Permission denied" in done.err


def test_the_account_has_no_right_of_its_own(pair):
    user = pair.site.runtime.layout.route_user
    cell = pair.edge.cell
    for place in (f"{pair.site.runtime.layout.credentials}/api-key", "/etc/shadow"):
        assert "Permission denied" in cell.run("runuser", "-u", user, "--", "cat", place).err
    refused = cell.run("runuser", "-u", user, "--", "sh", "-c", "echo >> ~/.ssh/authorized_keys")
    assert refused.code != 0
