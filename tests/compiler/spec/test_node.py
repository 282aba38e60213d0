"""Reads are noted while somebody listens, each with its place; without a listener nothing happens."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from compiler.spec.node import Node, children, leaves, listening
from compiler.spec.path import SpecPath
from compiler.spec.units import Duration
from tests.compiler.material import runtime


def reads(act: Any) -> list[SpecPath]:
    found: list[SpecPath] = []
    with listening(found.append):
        act()
    return found


def test_a_read_is_noted_with_its_place():
    run = runtime()
    assert reads(lambda: run.engine.stop_timeout) == [("engine",), ("engine", "stop_timeout")]
    name = next(iter(run.serving))
    profile = run.serving[name]
    assert reads(lambda: profile.features.why) == [
        ("serving", name, "features"),
        ("serving", name, "features", "why"),
    ]
    first = run.public.endpoints.more
    assert all(one.place() == ("public", "endpoints", "more", index) for index, one in enumerate(first))


def test_a_property_notes_what_it_reads():
    run = runtime()
    assert ("name",) in reads(lambda: run.layout)
    assert {("engine", "name"), ("engine", "version")} <= set(reads(run.engine_venv))


def test_methods_and_private_names_are_no_reads():
    run = runtime()
    assert reads(lambda: (run.place(), run.model_fields_set, run._path)) == []


def test_nothing_is_noted_before_or_after():
    run, found = runtime(), []
    assert run.title
    with listening(found.append):
        pass
    assert run.title
    assert found == []


def test_listeners_are_stacked():
    run, outer, inner = runtime(), [], []
    with listening(outer.append):
        with listening(inner.append):
            assert run.title
        assert run.date
    assert (outer, inner) == ([("date",)], [("title",)])


def test_a_listener_is_gone_after_an_error():
    run, found = runtime(), []
    with pytest.raises(RuntimeError), listening(found.append):
        raise RuntimeError
    assert run.title and found == []


def test_a_dump_counts_as_a_read_of_every_leaf():
    run = runtime()
    noted = reads(run.engine.model_dump)
    assert set(noted) == set(leaves(run.engine))
    assert ("engine", "packages", 0) in noted and ("engine", "version") in noted


def test_leaves_are_every_scalar_and_cost_no_read():
    run = runtime()
    found: list[SpecPath] = []
    with listening(found.append):
        every = list(leaves(run))
    assert found == []
    assert len(every) == len(set(every)) > 300
    assert {("engine", "version"), ("hardware", "gpus"), ("why",)} & set(every) == {
        ("engine", "version"),
        ("why",),
    }


# ── Nodes themselves


class Small(Node):
    """One of each."""

    wait: Duration
    many: tuple[int, ...] = ()


def test_a_node_is_frozen_and_strict():
    made = Small.model_validate({"wait": "1s", "many": (1, 2)})
    with pytest.raises(ValidationError):
        made.wait = Duration(1)
    for bad in (
        {"wait": "1s", "more": 1},
        {"wait": "1s", "many": ("1",)},
        {"wait": "1s", "many": (True,)},
        {},
    ):
        with pytest.raises(ValidationError):
            Small.model_validate(bad)


@pytest.mark.parametrize("notes", ["text", {"wait": "x"}, {"many": "x", "wait": "y"}, None])
def test_notes_may_be_about_fields(notes: object):
    assert Small.model_validate({"wait": "1s", "why": notes, "assumed": notes}).why == notes


@pytest.mark.parametrize("notes", ["", {"wait": ""}, {"wait": None}, 3, ["wait"]])
def test_a_note_that_is_no_text_is_refused(notes: object):
    for name in ("why", "assumed"):
        with pytest.raises(ValidationError):
            Small.model_validate({"wait": "1s", name: notes})


def test_children_are_in_order():
    made = Small.model_validate({"wait": "1s", "many": (5, 6)})
    assert [name for name, _ in children(made)][-2:] == ["wait", "many"] or {"wait", "many"} <= dict(
        children(made)
    ).keys()
    assert list(children((5, 6))) == [(0, 5), (1, 6)]
    assert list(children({"a": 1})) == [("a", 1)]
    assert list(children("text")) == []
