"""Plain scalars mean what YAML 1.2's core schema says, and quoted ones are text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.source.scalars import BadScalar, resolve
from tests.compiler.material import document

CORE = [
    ("", None),
    ("~", None),
    ("null", None),
    ("NULL", None),
    ("nUll", "nUll"),
    ("true", True),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("False", False),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("-7", -7),
    ("0o17", 15),
    ("0xfF", 255),
    ("-0x1", "-0x1"),
    ("0o8", "0o8"),
    ("0b11", "0b11"),
    ("0.5", 0.5),
    (".5", 0.5),
    ("-.5", -0.5),
    ("1.", 1.0),
    ("1e3", 1000.0),
    ("1E-2", 0.01),
    ("+1.5e+1", 15.0),
    (".", "."),
    ("-", "-"),
    ("+", "+"),
    ("1.2.3", "1.2.3"),
    ("1e", "1e"),
    ("0x", "0x"),
    ("٣", "٣"),
]
YAML_1_1 = [
    "yes",
    "no",
    "on",
    "off",
    "y",
    "n",
    "Yes",
    "NO",
    "1:30",
    "190:20:30",
    "1_000",
    "0b101",
    "2026-04-22",
    "=",
]
DOUBTFUL = [
    "010",
    "-07",
    "+00",
    "08",
    "01.5",
    "00",
    "01e5",
    ".inf",
    "-.INF",
    ".nan",
    ".NaN",
    "1e999",
    "-1e400",
]


@pytest.mark.parametrize(("text", "value"), CORE)
def test_the_core_schema(text: str, value: object):
    found = resolve(text)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("text", YAML_1_1)
def test_what_only_yaml_1_1_reads_as_something_else_is_text(text: str):
    assert resolve(text) == text


@pytest.mark.parametrize("text", DOUBTFUL)
def test_what_readers_disagree_about_is_refused(text: str):
    with pytest.raises(BadScalar):
        resolve(text)


@pytest.mark.parametrize("text", [*(text for text, _ in CORE), *YAML_1_1, *DOUBTFUL])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_quoted_scalars_are_text(text: str, quote: str):
    assert document(f"a: {quote}{text}{quote}\n").data == {"a": text}


@pytest.mark.parametrize("style", ["|-", ">-"])
def test_block_scalars_are_text(style: str):
    assert document(f"a: {style}\n  12\n").data == {"a": "12"}


def test_keys_are_text_whatever_they_look_like():
    assert document("1: a\nnull: b\ntrue: c\n007: d\n").data == {
        "1": "a",
        "null": "b",
        "true": "c",
        "007": "d",
    }


@given(st.integers(-(10**30), 10**30))
def test_integers_are_exact(number: int):
    assert resolve(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_are_exact(number: float):
    assert resolve(repr(number)) == number
