"""Every leaf of a spec has a type, and a neighbour that is valid in the same place, or none at all."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from compiler.spec.load import load
from compiler.spec.neighbour import Constant, neighbour
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.shape import reach, slot_at, walk
from tests.compiler.material import SPEC, TRUTH_BOOK, document, plain

# A leaf with no other value: the language's version, the one engine, names of variants and what is empty.
CONSTANT = {"version", "engine.name"}


def walked(spec: Path) -> list[tuple[SpecPath, Any]]:
    return [(path, value) for path, _, value in walk(Runtime, document(spec.read_text("utf-8")).data)]


@pytest.mark.parametrize("spec", [SPEC, TRUTH_BOOK])
def test_the_walk_sees_every_scalar(spec: Path):
    made = document(spec.read_text("utf-8"))

    def scalars(data: Any, path: SpecPath) -> set[SpecPath]:
        parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
        below = [scalars(value, (*path, name)) for name, value in parts]
        return set().union(*below) if below else {path}

    assert {path for path, _ in walked(spec)} == scalars(made.data, ())
    assert all(slot_at(Runtime, made.data, path) is not None for path, _ in walked(spec))


@pytest.mark.parametrize("spec", [SPEC, TRUTH_BOOK])
def test_every_neighbour_is_valid_and_another(spec: Path):
    made = document(spec.read_text("utf-8"))
    data, constants = plain(made.data), []
    for path, value in walked(spec):
        try:
            near = neighbour(Runtime, made.data, path)
        except Constant:
            constants.append((path, value))
            continue
        assert near != value, dotted(path)
        assert problems(data, path, near) == [], (dotted(path), value, near)
    assert {dotted(path) for path, value in constants if not expected(made.data, path, value)} <= CONSTANT


def expected(data: Any, path: SpecPath, value: Any) -> bool:
    """A variant's own name, an empty list, and a reference where there is one entry have no neighbour."""
    return (
        path[-1] in ("role", "status", "kind", "source", "continuous_batching")
        or value in ((), {})
        or isinstance(value, str)
    )


def problems(data: Any, path: SpecPath, near: Any) -> list[str]:
    """What a load says of the data with another leaf; the plain data is changed and put back."""
    *above, last = path
    table = data
    for name in above:
        table = table[name]
    before, table[last] = table[last], near
    try:
        findings = load(document(json.dumps(data))).findings
    finally:
        table[last] = before
    return [f"{one.code} {one.message}" for one in findings]


def test_a_neighbour_that_is_not_valid_would_be_seen():
    data = plain(document(SPEC.read_text("utf-8")).data)
    kept = copy.deepcopy(data)
    assert problems(data, ("network",), "10.60.0.1/15") != []
    assert problems(data, ("engine", "name"), "other") != []
    assert data == kept


def test_most_leaves_have_a_neighbour():
    made = document(SPEC.read_text("utf-8"))
    total = constant = 0
    for path, _ in walked(SPEC):
        total += 1
        try:
            neighbour(Runtime, made.data, path)
        except Constant:
            constant += 1
    assert constant < total / 5


def test_a_reference_goes_to_another_entry_of_its_kind():
    made = document(SPEC.read_text("utf-8"))
    workers = [
        path for path, _ in walked(SPEC) if len(path) == 4 and path[0] == "serving" and path[2] == "workers"
    ]
    assert workers
    for path in workers:
        near = neighbour(Runtime, made.data, path)
        assert reach(made.data, ("hosts", str(near), "role")) == "gpu"


@pytest.mark.parametrize(
    "path", [("nothing",), ("engine", "nothing"), ("hosts", "nobody", "role"), ("engine",), ("hosts",)]
)
def test_what_is_no_leaf_has_none(path: SpecPath):
    with pytest.raises(Constant):
        neighbour(Runtime, document(SPEC.read_text("utf-8")).data, path)
