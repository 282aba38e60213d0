"""No endpoint of the engine that is no client's business can be published by naming it."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.rules import check
from tests.compiler.material import ROOT, SPEC, runtime

FOLDER = ROOT / "tests" / "native"
NAMES = (FOLDER / "administrative-paths.txt").read_text("utf-8").split()
# Below the base the engine answers clients; those that are not listed in a spec are simply not published.
OUTSIDE = [name for name in NAMES if not name.startswith("v1/")]


def refused(path: str) -> set[str]:
    """The codes of what is found when an endpoint is added."""

    def change(data: Any) -> None:
        data["public"]["endpoints"]["more"] = [{"method": "POST", "path": path}]

    return {one.code for one in check(runtime(change, spec=SPEC))}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_administers_the_engine_is_refused(name: str):
    assert refused(f"/{name}") & {"DN074", "DN078"}


def test_health_and_metrics_cannot_even_be_waived():
    names = ("health", "health_generate", "metrics", "ready")
    assert [refused(f"/{name}") for name in names] == [{"DN078"}] * len(names)


def test_what_computes_for_clients_passes():
    assert refused("/completions") == set()
