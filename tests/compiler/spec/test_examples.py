"""The examples that messages show of a mapping are ones that a person may keep."""

from __future__ import annotations

import pytest

from compiler.rules import check
from compiler.spec import load, messages
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import slot_at
from tests.compiler.material import ROOT, changed, document, plain, put, runtime, spec_data

SMALL = ROOT / "tests" / "specs" / "small" / "runtime.yaml"


@pytest.mark.parametrize(
    "path",
    [
        ("clients", "editor", "temperature"),
        ("proxy", "keepalive"),
        ("proxy", "limits"),
        ("serving", "coding", "dist_init"),
        ("cutover",),
    ],
    ids=".".join,
)
def test_an_example_of_a_mapping_keeps_the_rules(path: SpecPath):
    told = messages.example(slot_at(Runtime, spec_data(SMALL), path), spec_data(SMALL))
    data = plain(document(f"value: {told.removeprefix('for example ')}").data)
    assert [one.message for one in check(runtime(put(path, data["value"]), spec=SMALL))] == []


def test_the_example_of_a_range_has_two_ends():
    told = messages.example(slot_at(Runtime, spec_data(SMALL), ("clients", "editor", "temperature")))
    assert told == "for example {low: 0.1, high: 0.3, chosen: 0.2}"


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("ubuntu-22", "for example ubuntu-22.04"),
        ("ubuntu-22.05", "for example ubuntu-22.04"),
        ("ubuntu-22.04.3", "write ubuntu-22.04"),
        ("Ubuntu 22.04", "write ubuntu-22.04"),
        ("debian-12.5", "write debian-12"),
    ],
)
def test_a_release_that_cannot_be_is_told_what_to_write(release: str, told: str):
    found = load.load(changed(put(("hosts", "gpu-1", "os"), release), spec=SMALL)).findings
    assert [(one.code, one.path, one.help) for one in found] == [("DN023", ("hosts", "gpu-1", "os"), told)]
    assert "a release of" in found[0].message
