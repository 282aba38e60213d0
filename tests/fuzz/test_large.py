"""Time and memory with very many of something: four times as many take not much more than four times as long.

The bounds are generous: a machine under load is no fault, and a quadratic rule takes sixteen times as long.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from compiler.pipeline import Compiled, compile_document
from compiler.source import read
from targets import TARGETS
from tests.fuzz import large
from tests.fuzz.data import as_text

SECONDS = 6.0
PROPORTION = 8
# Below this, what every run costs hides the proportion.
LEAST = 0.15


def compiled(data: Any, place: Path) -> tuple[Compiled, float]:
    """What comes of the data, and the CPU seconds after reading."""
    place.write_text(as_text(data), "utf-8")
    document, found = read(place, "spec.yaml", partial=True)
    assert document is not None, found
    start = time.process_time()
    done = compile_document(document, large.SMALL.parent, TARGETS, found)
    return done, time.process_time() - start


def grows(few: float, many: float) -> bool:
    return many <= PROPORTION * max(few, LEAST)


@pytest.mark.parametrize("kind", large.KINDS)
def test_time_grows_no_faster_than_the_spec(tmp_path: Path, kind: str):
    make, count = large.KINDS[kind]
    compiled(make(1), tmp_path / "warm.yaml")
    _, few = compiled(make(count), tmp_path / "few.yaml")
    _, many = compiled(make(4 * count), tmp_path / "many.yaml")
    assert many < SECONDS and grows(few, many), (few, many)


def test_a_quadratic_rule_would_be_seen():
    assert not grows(0.2, 16 * 0.2)
    assert grows(0.01, 0.5)


def test_waived_findings_leave_room_for_those_that_are_not(tmp_path: Path):
    data = large.models(200)
    data["models"] |= {"x1": large.staged(data, 1001), "x2": large.staged(data, 1002)}
    found = compiled(data, tmp_path / "spec.yaml")[0].findings
    places = [("models", name, "manifest") for name in ("x1", "x2")]
    assert [(one.code, one.path) for one in found] == [("DN080", place) for place in places]


def test_a_waiver_is_needed_however_many_there_are(tmp_path: Path):
    done, _ = compiled(large.models(205), tmp_path / "spec.yaml")
    assert done.findings == () and done.bundle is not None


def test_findings_are_bounded(tmp_path: Path):
    data = large.models(1)
    data["models"] |= {f"x{number}": large.staged(data, 1000 + number) for number in range(300)}
    found = compiled(data, tmp_path / "spec.yaml")[0].findings
    assert len(found) == 51 and {one.code for one in found} == {"DN080"}
