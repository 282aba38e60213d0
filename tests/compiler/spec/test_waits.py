"""Lengths of time that a consumer takes: whole seconds, and no longer than poll(2) waits."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from compiler.spec.waits import Patience, Seconds, SecondsOrNone, Wait

TAKEN = [
    (Seconds, "65s"),
    (Seconds, "1.5m"),
    (Seconds, "180d"),
    (SecondsOrNone, "0s"),
    (SecondsOrNone, "365d"),
    (Wait, "1ms"),
    (Wait, "24d"),
    (Patience, "1s"),
    (Patience, "1500ms"),
    (Patience, "24d"),
]
REFUSED = [
    (Seconds, "65500ms", "no whole number of seconds", "write 65s or 66s"),
    (Seconds, "1ms", "no whole number of seconds", "write 1s"),
    (Seconds, "65.5s", "no whole number of seconds", "write 65s or 66s"),
    (Seconds, "soon", "is not a length of time", ""),
    (SecondsOrNone, "500ms", "no whole number of seconds", "write 1s"),
    (Wait, "25d", "too long: poll(2) waits for 24d at most", "write 24d at most"),
    (Patience, "1ms", "too short", "write 1s or more"),
    (Patience, "3650d", "too long", "write 24d at most"),
    (Patience, "10", "is not a length of time", "write 10s for seconds or 10m for minutes"),
]


@pytest.mark.parametrize(("kind", "text"), TAKEN)
def test_what_is_taken(kind: Any, text: str):
    assert TypeAdapter(kind).validate_python(text).count >= 0


@pytest.mark.parametrize(("kind", "text", "told", "way"), REFUSED)
def test_what_is_refused_is_told_what_to_write(kind: Any, text: str, told: str, way: str):
    with pytest.raises(ValidationError, match=re.escape(told)):
        TypeAdapter(kind).validate_python(text)
    assert get_args(kind)[1].advice(text) == way


@pytest.mark.parametrize("kind", [Seconds, SecondsOrNone])
@pytest.mark.parametrize("text", ["1s", "1.5s", "1.0s", "1500ms", "1000ms", "90m", "0.5h", "7d"])
def test_the_schema_for_editors_has_no_parts_of_a_second(kind: Any, text: str):
    fits = re.search(TypeAdapter(kind).json_schema()["pattern"], text) is not None
    assert fits == (text not in ("1.5s", "1500ms", "1000ms"))


@pytest.mark.parametrize("kind", [Seconds, Wait, Patience])
def test_nothing_is_no_time(kind: Any):
    with pytest.raises(ValidationError, match="is nothing"):
        TypeAdapter(kind).validate_python("0s")
