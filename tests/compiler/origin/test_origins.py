"""The leaf that made a line is found by watching: exactly that one, and none for a line of a template."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from compiler.origin import Origins
from compiler.spec.path import dotted
from targets import TARGETS
from tests.verify.planting import compiled

CASES = yaml.safe_load(Path(__file__).with_name("origins.yaml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_the_origin_of_a_line(case: dict[str, str]):
    document, linked = compiled("small")
    rendered = [one for scope in linked.scopes.values() for one in scope.artifacts.values()]
    (one,) = (one for one in rendered if one.planned.path == case["output"])
    lines = one.data.decode().split("\n")
    number = next(at for at, line in enumerate(lines, start=1) if case["text"] in line)
    found = Origins(document, linked.runtime, TARGETS).of(
        one.planned.target, one.planned.place, one.planned.artifact.path, number
    )
    assert dotted(found or ()) == case["path"]
