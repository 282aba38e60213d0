"""The question of `hostile` can be answered with no: a writer that escapes nothing is caught."""

from __future__ import annotations

import shlex

from compiler.formats.safe import Unsafe
from tests.compiler.formats.hostile import ATTACKS, MARKS, VALUES, accepted, wrong


def naive(value: str) -> bytes:
    return f"x {value}".encode("utf-8", "surrogatepass")


def read_words(data: bytes) -> object:
    try:
        _, *words = shlex.split(data.decode("utf-8", "surrogatepass"))
    except ValueError as error:
        return error
    return words[0] if len(words) == 1 else words


def test_a_writer_without_escapes_is_caught():
    found = {value for value, *_ in wrong(naive, read_words, VALUES)}
    assert {"", "a b", "a\nb", "\\", '"', "'quoted'", "a; b"} <= found


def test_refused_values_are_passed_over():
    def refuse(value: str) -> bytes:
        raise Unsafe(value, "anything", "no")

    assert wrong(refuse, read_words, VALUES) == []
    assert accepted(refuse, VALUES) == []
    assert accepted(naive, VALUES) == VALUES


def test_the_list_has_every_mark_alone_and_at_each_end():
    assert {*ATTACKS, *MARKS, *(f"a{mark}" for mark in MARKS), *(f"{mark}a" for mark in MARKS)} <= set(VALUES)
