"""Secrets on their way from a store to a file: what the file holds, and that they are seen nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import fetch_secret
import pytest

from tests.programs.aws_fakes import REGION, cloud
from tests.programs.install_fakes import Host, secret

CANARY = "canary-7f3d9a1c5e"


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.fixture
def ssm(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with cloud(monkeypatch) as boto3:
        client = boto3.client("ssm", region_name=REGION)
        client.put_parameter(Name="/team/key", Value=CANARY, Type="SecureString")
        client.put_parameter(Name="/team/admin", Value=f"admin-{CANARY}", Type="SecureString")
        yield client


def remote(host: Host, *secrets: object) -> None:
    asking = {"secret_python": sys.executable, "secret_program": fetch_secret.__file__}
    host.configure(secrets=list(secrets), secret_region=REGION, **asking)


def test_keys_come_from_the_store_and_are_seen_nowhere_else(host: Host, ssm: Any, capfd: Any) -> None:
    file = host.folder / "credentials" / "auth.yaml"
    both = {"api-key": "ssm:/team/key", "admin-api-key": "ssm:/team/admin"}
    remote(host, secret(file, both, format="yaml"))
    assert host.install() == 0
    assert file.read_text() == f'admin-api-key: "admin-{CANARY}"\napi-key: "{CANARY}"\n'
    assert file.stat().st_mode & 0o777 == 0o600
    assert sum("fetch_secret.py" in " ".join(line) for line in host.lines) == len(both)  # each key once
    assert host.install("--json") == 0
    assert host.install("--check", "--json") == 0
    said = capfd.readouterr()
    assert "nothing to do" in said.out
    places = [said.out, said.err, *map(str, host.lines), *host.seen]
    assert any(fetch_secret.__file__ in place for place in host.seen)  # the table was looked at in time
    assert not any(CANARY in place for place in places)


def test_what_cannot_be_had_is_named_and_the_rest_is_done(host: Host, ssm: Any, capsys: Any) -> None:
    missing, present = host.folder / "credentials" / "missing", host.folder / "credentials" / "present"
    remote(host, secret(missing, {"a": "ssm:/team/nowhere"}), secret(present, {"a": "ssm:/team/key"}))
    assert host.install() == 1
    assert present.read_text() == f"{CANARY}\n"
    assert not missing.exists()
    told = capsys.readouterr().err
    assert f"{missing}: a cannot be had from ssm:/team/nowhere: exit 1: there is no such parameter" in told


def test_a_store_that_is_away_leaves_the_old_secret(
    host: Host, ssm: Any, capsys: Any, monkeypatch: Any
) -> None:
    file = host.folder / "credentials" / "key"
    remote(host, secret(file, {"a": "ssm:/team/key"}))
    assert host.install() == 0
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert host.install() == 1
    assert "AWS cannot be asked" in capsys.readouterr().err
    assert file.read_text() == f"{CANARY}\n"


def test_a_secret_that_changed_is_replaced(host: Host, ssm: Any) -> None:
    file = host.folder / "credentials" / "key"
    remote(host, secret(file, {"a": "ssm:/team/key"}))
    assert host.install() == 0
    ssm.put_parameter(Name="/team/key", Value="another", Type="SecureString", Overwrite=True)
    assert host.install("--check") == 3
    assert host.install() == 0
    assert file.read_text() == "another\n"


def test_a_check_before_the_environment_is_built(host: Host, capsys: Any) -> None:
    file, python = host.folder / "credentials" / "key", host.opt / "aws" / "bin" / "python"
    asking = {"secret_python": str(python), "secret_program": fetch_secret.__file__}
    host.configure(secrets=[secret(file, {"a": "ssm:/team/key"})], **asking)
    assert host.install("--check") == 3
    assert "waits for" in capsys.readouterr().err
    assert host.install() == 1
    assert f"{python} is not there" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("stored", "written"),
    [
        ("plain", "plain\n"),
        ("plain\n", "plain\n"),
        ("-----BEGIN\nAAAA\n-----END-----\n", None),
        ("a  b\r\n", "a  b\n"),
    ],
)
def test_a_raw_secret_ends_with_one_newline(host: Host, stored: str, written: Any) -> None:
    (host.folder / "store").write_text(stored, newline="") if sys.version_info >= (3, 10) else (
        host.folder / "store"
    ).write_bytes(stored.encode())
    file = host.folder / "credentials" / "key"
    host.configure(secrets=[secret(file, {"a": f"file:{host.folder}/store"})])
    assert host.install() == 0
    assert file.read_bytes().decode() == (stored if written is None else written)
    assert host.install("--check") == 0


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (b"", "the value is empty"),
        (b" \n", "is empty"),
        (b"\xff", "holds no text"),
        (b"a\nb", "printable ASCII"),
        ("ü".encode(), "printable"),
    ],
)
def test_values_that_cannot_be_keys(host: Host, stored: bytes, why: str, capsys: Any) -> None:
    (host.folder / "store").write_bytes(stored)
    file = host.folder / "credentials" / "key"
    host.configure(secrets=[secret(file, {"a": f"file:{host.folder}/store"}, format="yaml")])
    assert host.install() == 1
    assert why in capsys.readouterr().err
    assert not file.exists()


def test_a_value_with_quotes_stays_one_value(host: Host) -> None:
    (host.folder / "store").write_text('a"b\\c: #d')
    file = host.folder / "credentials" / "key"
    host.configure(secrets=[secret(file, {"a": f"file:{host.folder}/store"}, format="yaml")])
    assert host.install() == 0
    assert file.read_text() == 'a: "a\\"b\\\\c: #d"\n'


def test_a_file_that_others_can_read_is_put_right(host: Host, capsys: Any) -> None:
    (host.folder / "store").write_text("x")
    file = host.folder / "credentials" / "key"
    host.configure(secrets=[secret(file, {"a": f"file:{host.folder}/store"})])
    assert host.install() == 0
    file.chmod(0o644)
    assert host.install() == 0
    assert "has mode 0644" in capsys.readouterr().err
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_a_secret_belongs_to_whom_the_configuration_says(host: Host) -> None:
    (host.folder / "store").write_text("x")
    file = host.folder / "credentials" / "key"
    host.configure(
        secrets=[secret(file, {"a": f"file:{host.folder}/store"}, owner="4711", group="4712", mode="0640")]
    )
    assert host.install() == 0
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (4711, 4712, 0o640)
    assert host.install("--check") == 0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"owner": "nobody-of-ours"}, "there is no nobody-of-ours"),
        ({"file": "/nowhere-of-ours/key"}, "its directory is missing"),
    ],
)
def test_secrets_without_a_place(host: Host, change: Any, why: str, capsys: Any) -> None:
    (host.folder / "store").write_text("x")
    one = secret(host.folder / "credentials" / "key", {"a": f"file:{host.folder}/store"})
    host.configure(secrets=[{**one, **change}])
    assert host.install() == 1
    assert why in capsys.readouterr().err


def test_a_file_that_is_not_there_is_named(host: Host, capsys: Any) -> None:
    host.configure(secrets=[secret(host.folder / "credentials" / "key", {"a": "file:/nowhere-of-ours"})])
    assert host.install() == 1
    assert (
        "a cannot be had from file:/nowhere-of-ours: No such file or directory; put the secret there"
        in capsys.readouterr().err
    )


# ---- fetch_secret.py by itself


def test_the_fetcher_writes_the_value_and_nothing_else(ssm: Any, capsys: Any) -> None:
    assert fetch_secret.main(["--region", REGION, "/team/key"]) == 0
    assert capsys.readouterr().out == CANARY


def test_the_fetcher_writes_to_no_terminal() -> None:
    controller, terminal = os.openpty()
    done = subprocess.run(
        [sys.executable, fetch_secret.__file__, "/team/key"],
        stdout=terminal,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(terminal)
    os.close(controller)
    assert done.returncode == 2
    assert b"never to a terminal" in done.stderr


def test_the_fetcher_without_boto3(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    assert fetch_secret.main(["/team/key"]) == 78
    assert "no boto3" in capsys.readouterr().err


def test_the_fetcher_without_credentials(ssm: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    import boto3

    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert fetch_secret.main(["--region", REGION, "/team/key"]) == 1
    assert "no AWS credentials" in capsys.readouterr().err
