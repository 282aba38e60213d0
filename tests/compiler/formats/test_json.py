"""JSON files: any text comes back as it was, and what JSON has no way to write is refused."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.formats.json import Json, canonical
from compiler.formats.safe import Unsafe
from tests.compiler.formats.hostile import TEXT, VALUES, accepted, wrong

DOCUMENT = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def as_value(value: str) -> bytes:
    return Json({"first": 1, "x": [value], "last": 2}).render()


def as_key(value: str) -> bytes:
    return Json({"first": 1, f"x{value}": [value], "last": 2}).render()


def read(data: bytes) -> object:
    found = json.loads(data)
    _, key, _ = found
    return (
        found[key][0]
        if found == {"first": 1, key: found[key], "last": 2} and key in ("x", f"x{found[key][0]}")
        else found
    )


@pytest.mark.parametrize("write", [as_value, as_key])
def test_no_value_breaks_out(write):
    assert wrong(write, read, VALUES) == []


def test_only_half_a_character_is_refused():
    assert set(VALUES) - set(accepted(as_value, VALUES)) == {value for value in VALUES if "\ud800" in value}


@given(DOCUMENT)
def test_any_document_comes_back(value):
    try:
        data = Json(value).render()
    except Unsafe:
        assert "\\ud8" in json.dumps(value)
        return
    assert json.loads(data) == value
    assert data.endswith(b"\n")


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, {1, 2}, b"x", object(), {"a": [math.nan]}, {(1,): 2}]
)
def test_what_json_has_no_way_to_write(value):
    with pytest.raises(Unsafe):
        Json(value).render()


def test_spelling():
    assert (
        Json({"b": ["é", 1.5], "a": None}).render().decode()
        == '{\n  "b": [\n    "é",\n    1.5\n  ],\n  "a": null\n}\n'
    )


def test_the_canonical_spelling_does_not_know_the_order_of_keys():
    assert (
        canonical({"b": 1, "a": [True, "é"]})
        == canonical({"a": [True, "é"], "b": 1})
        == '{"a":[true,"é"],"b":1}'.encode()
    )
    assert canonical({"a": [1, 2]}) != canonical({"a": [2, 1]})
