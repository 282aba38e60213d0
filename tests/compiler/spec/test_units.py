"""Quantities: exact, in whole smallest units, and written again as they are read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from compiler.spec.operations import Watchdog
from compiler.spec.units import Duration, DurationOrNone, Quantity, Size
from targets.watchdog.programs.watchdog_state import Policy

GOOD = [
    (Duration, "30s", 30_000, "30s"),
    (Duration, "90s", 90_000, "90s"),
    (Duration, "60s", 60_000, "1m"),
    (Duration, "1.5s", 1500, "1500ms"),
    (Duration, "0.12s", 120, "120ms"),
    (Duration, "24h", 86_400_000, "1d"),
    (Duration, "0s", 0, "0ms"),
    (Duration, "1ms", 1, "1ms"),
    (Size, "32MiB", 2**25, "32MiB"),
    (Size, "1024KiB", 2**20, "1MiB"),
    (Size, "24GB", 24 * 10**9, "24GB"),
    (Size, "1000MB", 10**9, "1GB"),
    (Size, "0.5GiB", 2**29, "512MiB"),
    (Size, "1000B", 1000, "1kB"),
]
BAD = [
    *(
        (Duration, text)
        for text in (
            "",
            "30",
            "s",
            "30 s",
            " 30s",
            "30s ",
            "-1s",
            "+1s",
            "1e3s",
            "30S",
            "1.s",
            ".5s",
            "1,5s",
            "30sec",
            "0.0001s",
            "1.5ms",
            "30s\n",
            "٣s",
            "9" * 13 + "s",
            "0.1234567s",
            "1_0s",
        )
    ),
    *((Size, text) for text in ("32mb", "32M", "32mib", "1KB", "0.5B", "0.3KiB", "GiB")),
    *((kind, value) for kind in (Duration, Size) for value in (30, 3.5, None, True, ["30s"], b"30s")),
]


@pytest.mark.parametrize(("kind", "text", "count", "spelled"), GOOD)
def test_a_quantity(kind: type[Quantity], text: str, count: int, spelled: str):
    made = kind.parse(text)
    assert (made.count, str(made)) == (count, spelled)


@pytest.mark.parametrize(("kind", "text"), BAD)
def test_what_is_no_quantity(kind: type[Quantity], text: object):
    with pytest.raises(ValueError, match=r"is not"):
        kind.parse(text)


ADVICE = [
    (Size, "29.8GiB", "write 30515MiB, which is 29.8GiB rounded"),
    (Size, "29.8TiB", "write 30515GiB, which is 29.8TiB rounded"),
    (Size, "0.0011GiB", "write 1153KiB, which is 0.0011GiB rounded"),
    (Size, "0.3KiB", "write 307B, which is 0.3KiB rounded"),
    (Size, "0.1B", "write 1B, which is 0.1B rounded"),
    (Duration, "1.000051m", "write 60003ms, which is 1.000051m rounded"),
    (Duration, "1.5ms", "write 2ms, which is 1.5ms rounded"),
    (Size, "9000TiB", ""),
    (Size, "0GiB", ""),
]


@pytest.mark.parametrize(("kind", "text", "told"), ADVICE)
def test_what_is_no_whole_number_is_rounded_for_whoever_wrote_it(kind: type[Quantity], text: str, told: str):
    assert kind.advice(text) == told
    if told:
        kind.parse(told.split()[1].rstrip(","))


@pytest.mark.parametrize(
    ("kind", "text", "most"), [(Duration, "87601h", "3650d"), (Size, "8193TiB", "8192TiB")]
)
def test_there_is_a_most(kind: type[Quantity], text: str, most: str):
    assert str(kind.parse(most)) == most
    with pytest.raises(ValueError, match=f"more than any program takes: write {most} at most"):
        kind.parse(text)


@pytest.mark.parametrize("kind", [Duration, Size])
@given(count=st.integers(1, 10**11))
def test_written_and_read_again(kind: type[Quantity], count: int):
    assert kind.parse(str(kind(count))) == kind(count)


@pytest.mark.parametrize("kind", [Duration, Size])
@given(count=st.integers(1, 10**11))
def test_a_neighbour_is_another_that_can_be_written(kind: type[Quantity], count: int):
    near = kind(count).neighbour()
    assert near > kind(count)
    assert kind.parse(str(near)) == near


@pytest.mark.parametrize(("text", "seconds"), [("2m", 120), ("1.5s", 1.5), ("1ms", 0.001)])
def test_seconds(text: str, seconds: float):
    found = Duration.parse(text).seconds
    assert (found, type(found)) == (seconds, type(seconds))


def test_kinds_do_not_mix():
    first: Quantity = Duration(1)
    assert first != Size(1)
    assert Duration.parse(Duration(5)) == Duration(5)
    with pytest.raises(ValueError, match="is not"):
        Duration.parse(Size(5))


@pytest.mark.parametrize("kind", [Duration, Size, DurationOrNone])
@pytest.mark.parametrize(
    "text", ["0s", "0B", "0.0s", "000ms", "10s", "0.5s", "05s", "0.01s", "100B", "0.5KiB"]
)
def test_only_where_it_has_a_meaning_there_is_nothing(kind: type[Quantity], text: str):
    """And the schema for editors says the same of each text."""
    made = TypeAdapter(kind)
    fits = re.search(made.json_schema()["pattern"], text) is not None
    of_kind = text.endswith("B") == (kind is Size)
    assert fits == (of_kind and (kind is DurationOrNone or re.search("[1-9]", text) is not None))
    if fits:
        assert str(made.validate_python(text)) == str(made.validate_python(made.validate_python(text)))
    else:
        with pytest.raises(ValueError, match=r"is not|is nothing: write more than zero, such as"):
            made.validate_python(text)


LEAST = {"load_grace", "backoff_initial", "probe_timeout", "deep_probe_timeout", "backoff_limit"}


@pytest.mark.parametrize("name", sorted(LEAST))
def test_the_least_that_a_spec_takes_is_taken_by_the_watchdog(name: str):
    kind: Any = Watchdog.model_fields[name].annotation
    assert TypeAdapter(kind).validate_python("1ms").seconds > 0
    with pytest.raises(ValueError, match="is nothing"):
        TypeAdapter(kind).validate_python("0s")
    counts = dict.fromkeys(("failures_before_restart", "restarts_per_hour", "latch_after_restarts"), 1)
    names = (*LEAST, "deep_probe_interval")
    least: dict[str, Any] = {f"{one}_seconds": 0.001 for one in names}
    Policy(**counts, **least)
    with pytest.raises(ValueError, match="must"):
        Policy(**counts, **(least | {f"{name}_seconds": 0}))
