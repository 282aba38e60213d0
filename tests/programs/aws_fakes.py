"""A cloud of our own for the programs that use boto3: moto's server, empty at the start of each test."""

from __future__ import annotations

import contextlib
import os
import urllib.request
from typing import Any, Iterator

import pytest

REGION = "eu-north-1"


@contextlib.contextmanager
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """boto3, with everything that it and its child processes ask going to a loopback server."""
    boto3 = pytest.importorskip("boto3", reason="the hosts' other Pythons have no boto3; make test has it")
    moto = pytest.importorskip("moto.server", reason="make test has it")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1",
    }.items():
        monkeypatch.setenv(name, value)
    reset = urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")
    urllib.request.urlopen(reset, timeout=10).close()
    try:
        yield boto3
    finally:
        server.stop()
