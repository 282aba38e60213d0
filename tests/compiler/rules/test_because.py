"""What a spec says of a place stands beside the first finding about that very place, and nowhere else."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic, Related
from compiler.rules.because import because, once
from tests.compiler.material import put, runtime


def told(
    field: tuple[str, ...], why: object, at: tuple[str, ...]
) -> list[tuple[str, tuple[object, ...], bool]]:
    spec = runtime(put((*field, "why"), why))
    return [(one.message, one.path, one.on_key) for one in because(spec, at)]


def test_a_reason_for_a_field_stands_beside_that_field_alone():
    why = {"interval": "once a minute"}
    place = ("watchdog", "why", "interval")
    assert told(("watchdog",), why, ("watchdog", "interval")) == [
        ("why it is so: once a minute", place, True)
    ]
    assert told(("watchdog",), why, ("watchdog", "accuracy")) == []


def test_a_reason_for_a_mapping_stands_beside_the_mapping_and_not_beside_its_fields():
    assert told(("watchdog",), "for nights", ("watchdog",)) == [
        ("why it is so: for nights", ("watchdog", "why"), True)
    ]
    assert told(("watchdog",), "for nights", ("watchdog", "interval")) == []


def test_a_long_reason_is_cut():
    ((message, _, _),) = told(("watchdog",), "words " * 100, ("watchdog",))
    assert len(message) < 120 and message.endswith("…")


def test_the_same_reason_is_said_once():
    why, other = Related("why it is so: x", ("proxy", "why")), Related("the other side", ("proxy", "listen"))
    found = [Diagnostic("DN999", "x", related=(other, why)) for _ in range(2)]
    assert [one.related for one in once(found)] == [(other, why), (other,)]
