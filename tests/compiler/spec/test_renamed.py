"""An entry that was renamed in its table alone: what still has the old name is told the new one."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Diagnostic
from tests.compiler.spec.edited import findings, rename


def lost(place: str, name: str) -> Diagnostic:
    return next(one for one in findings(rename(place, name)) if one.code == "DN024")


@pytest.mark.parametrize(
    ("place", "name"),
    [("hosts.gpu-1", "worker-one"), ("models.coder", "big-one"), ("serving.coding", "programming")],
)
def test_the_new_name_is_told(place: str, name: str):
    found = lost(place, name)
    assert found.help.endswith(f"; was it renamed? nothing names `{name}`: write it here")
    assert found.edits == ()


def test_only_one_that_nothing_names_is_told():
    found = lost("hardware.gpus.l4", "nvidia-l4")
    assert found.help.endswith("nothing names `nvidia-l4`: write it here")
    assert lost("public.routes.code", "elsewhere").help.startswith("no such entry yet: add `code`")
