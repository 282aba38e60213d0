"""A program or a root file system that is not there skips a test of a consumer, and fails it in CI."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from compiler.verify.tools import Tools
from tools.roots import SUITES

Wants = Callable[..., None]


@pytest.fixture(scope="session")
def wants() -> Wants:
    """Ask for tools, by the names that checks use; `roots` are those of all releases."""

    def ask(*names: str) -> None:
        tools = Tools()
        missing = [name for name in names if name != "roots" and not tools.identity(name)]
        if "roots" in names:
            missing += [f"the root of {release}" for release in SUITES if tools.root(release) is None]
        if missing:
            why = f"{', '.join(missing)} not here: `make env-dev tools roots` as root gets it"
            if os.environ.get("CI") == "true":
                pytest.fail(why, pytrace=False)
            pytest.skip(why)

    return ask
