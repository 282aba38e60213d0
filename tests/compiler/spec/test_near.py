"""What is near to a misspelt word, and what is near beyond doubt."""

from __future__ import annotations

import time

import pytest

from compiler.spec.near import asked, certain, nearest, slips


@pytest.mark.parametrize(
    ("text", "choices", "found"),
    [
        ("verson", ["version", "name"], ["version"]),
        ("gpu-3", ["gpu-1", "gpu-2", "edge"], ["gpu-1", "gpu-2"]),
        ("tp", ["tp_size", "pp_size", "model"], ["tp_size"]),
        ("zzz", ["version"], []),
        ("Version", ["version"], ["version"]),
        (3, ["roo"], []),
        (None, ["none"], ["none"]),
        ("", ["version"], []),
    ],
)
def test_the_nearest(text: object, choices: list[str], found: list[str]):
    assert nearest(text, choices) == found


@pytest.mark.parametrize(
    ("text", "choices", "found"),
    [
        ("verson", ["version", "name"], "version"),
        ("VERSION", ["version"], "version"),
        ("mem-fraction-static", ["mem_fraction_static"], "mem_fraction_static"),
        ("gpu1", ["gpu-1", "gpu-2"], "gpu-1"),
        ("g6e.12xlarge", ["g6.12xlarge"], None),
        ("l40s", ["l40"], None),
        ("gpu-3", ["gpu-1"], None),  # a number tells machines apart
        ("timeout", ["run_timeout", "stop_timeout"], None),
        ("node", ["node-a", "node-b"], None),
        ("gpu-worker", ["gpu"], None),
        ("", [], None),
    ],
)
def test_what_is_certain(text: object, choices: list[str], found: str | None):
    assert certain(text, choices) == found


@pytest.mark.parametrize(
    ("text", "choices", "found"),
    [
        ("l40s", ["l4", "l40"], []),  # other hardware
        ("g6.xlarge", ["g6.12xlarge"], []),
        ("g6e.12xlarge", ["g6.12xlarge"], []),
        ("gpu-b", ["gpu-a"], []),
        ("token", ["bearer", "network", "open"], []),
        ("none", ["bearer", "network", "open"], []),
        ("bearre", ["bearer", "network", "open"], ["bearer"]),
        ("netwrk", ["bearer", "network", "open"], ["network"]),
        ("wraning", ["warning", "info"], ["warning"]),
        ("GPU_1", ["gpu-1", "gpu-2"], ["gpu-1"]),
        ("codng", ["coding", "coding-b"], ["coding"]),
        ("cdoe", ["code"], ["code"]),
        ("tl", ["l4", "t"], []),
        ("", ["a"], []),
        (None, ["none"], ["none"]),
    ],
)
def test_a_slip_of_the_fingers(text: object, choices: list[str], found: list[str]):
    assert slips(text, choices) == found


def test_a_question_names_all_that_are_as_near():
    assert asked(["a", "b"]) == "did you mean `a` or `b`?"


def test_long_words_and_long_lists_cost_little():
    start = time.process_time()
    nearest("x" * 8000, ("x" * 7999 + str(number) for number in range(100_000)))
    certain("x" * 8000, ("x" * 7999 + str(number) for number in range(100_000)))
    slips("x" * 8000, ["x" * 58 + word for word in ("ab", "ba", "yz")] * 100)
    assert time.process_time() - start < 0.5
