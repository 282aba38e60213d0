"""Every consumer takes every spec of the tests, and none was left unasked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests import cases
from tests.verify.conftest import Wants

pytestmark = pytest.mark.native


@pytest.mark.parametrize("name", ["book", "nordlys", "small"])
def test_verify_has_nothing_to_say(name: str, wants: Wants):
    wants("roots", "nginx", "systemd-analyze", "shellcheck", "shfmt", "gixy", "parliament", "node")
    spec = cases.folder_of(name) / "runtime.yaml"
    argv = [
        sys.executable,
        "-m",
        "compiler.cli",
        "verify",
        "--require-tools",
        "--no-cache",
        "--spec",
        str(spec),
    ]
    done = subprocess.run(argv, cwd=cases.ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr
    assert "nginx" in done.stderr and "complaint" not in done.stderr
