"""A test that asks a program says so with `needs`: absent, it skips on a laptop and fails in CI.

`make test` installs what is missing (tools/native-tools.sh), so a skip in CI would be a check that is
silently off.
"""

from __future__ import annotations

import os
import shutil

import pytest

DAEMONS = "/usr/sbin:/sbin"  # Debian keeps them out of a user's PATH


def needs(tool: str) -> str:
    """The path of a program; where it is missing the test is skipped, or fails under CI=true."""
    found = shutil.which(tool, path=os.pathsep.join([os.environ.get("PATH", ""), DAEMONS]))
    if found is not None:
        return found
    why = f"{tool} is not installed: `make tools` as root gets it"
    if os.environ.get("CI") == "true":
        pytest.fail(why, pytrace=False)
    pytest.skip(why)
