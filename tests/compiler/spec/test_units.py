"""Quantities: exact, in whole smallest units, and written again as they are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compiler.spec.units import Duration, Quantity, Size

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


@pytest.mark.parametrize("kind", [Duration, Size])
@given(count=st.integers(0, 10**11))
def test_written_and_read_again(kind: type[Quantity], count: int):
    assert kind.parse(str(kind(count))) == kind(count)


@pytest.mark.parametrize("kind", [Duration, Size])
@given(count=st.integers(0, 10**11))
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
