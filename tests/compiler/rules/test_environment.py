"""The variables that others read: those of Python and of AWS's library are held to what is installed here."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import botocore
import pytest

from compiler.rules.environment import is_taken

TAKEN = """PATH HOME LD_PRELOAD LC_ALL IFS TZ INVOCATION_ID NOTIFY_SOCKET STATE_DIRECTORY LISTEN_FDS
PYTHONPATH AWS_DEFAULT_REGION AWS_ENDPOINT_URL_EC2 AWS_CSM_PORT SYSTEMD_LOG_LEVEL SSH_AUTH_SOCK
HTTPS_PROXY"""
FREE = """LLM_PORT ROUTE_PORT AWSOME_PORT AWS_PORT LCD_PORT LC_PORT LD_PORT LISTEN_PORT PYTHONIC_PORT
PYTHON_PORT WORK_DIRECTORY SYSTEMDPORT PATHS ENVIRONMENT"""


@pytest.mark.parametrize("name", TAKEN.split())
def test_what_others_read_is_taken(name: str):
    assert is_taken(name)


@pytest.mark.parametrize("name", FREE.split())
def test_what_only_looks_like_it_is_free(name: str):
    assert not is_taken(name)


def test_every_variable_of_python_is_known():
    told = subprocess.run([sys.executable, "--help-env"], capture_output=True, text=True, check=True).stdout
    found = set(re.findall(r"\bPYTHON[A-Z_0-9]+\b", told))
    assert len(found) > 20
    assert sorted(name for name in found if not is_taken(name)) == []


def test_every_variable_of_awss_library_is_known():
    folder = Path(str(botocore.__file__)).parent
    texts = [path.read_text("utf-8") for path in sorted(folder.glob("*.py"))]
    found = {name for text in texts for name in re.findall(r"['\"](AWS_[A-Z0-9_]+[A-Z0-9])['\"]", text)}
    assert len(found) > 40
    assert sorted(name for name in found if not is_taken(name)) == []
