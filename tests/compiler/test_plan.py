"""The plan: every artifact once, in order, with a path that its place can have."""

from __future__ import annotations

from typing import Any

import pytest

from compiler.artifact import Artifact, Client, Docs, Host, Place, Target
from compiler.formats import unit
from compiler.formats.verbatim import Given
from compiler.plan import plan
from compiler.render import render
from tests.compiler.material import runtime


def target(name: str, place: Place, *paths: str) -> Target:
    return Target(name, lambda _: (place,), lambda _, __: (Artifact(path, Given(b"")) for path in paths))


def codes(*targets: Target) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in plan(runtime(), targets)[1]]


def test_paths_in_the_bundle_come_in_order():
    targets = (
        target("two", Host("b"), "/z", "/a"),
        target("one", Docs(), "page.md"),
        target("x", Client("c"), "f"),
    )
    planned, findings = plan(runtime(), targets)
    assert findings == []
    assert [(one.target, one.path) for one in planned] == [
        ("x", "clients/c/f"),
        ("one", "docs/page.md"),
        ("two", "hosts/b/root/a"),
        ("two", "hosts/b/root/z"),
    ]


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Host("a"), "etc/x"),
        (Host("a"), "/etc//x"),
        (Host("a"), "/etc/./x"),
        (Host("a"), "/etc/../x"),
        (Host("a"), "/etc/x/"),
        (Host("a"), "//etc/x"),
        (Host("a"), ""),
        (Docs(), "/x"),
        (Docs(), "../x"),
        (Docs(), "a/../../x"),
        (Docs(), ""),
        (Client("c"), "./x"),
        (Client("c"), "/x"),
    ],
)
def test_a_path_that_its_place_cannot_have(place: Place, path: str):
    ((code, message),) = codes(target("mine", place, path))
    assert code == "DN101"
    assert "mine" in message and repr(path) in message


@pytest.mark.parametrize(
    ("place", "path"), [(Host("a"), "/etc/x"), (Host("a"), "/..x/y.."), (Docs(), "x"), (Client("c"), "a/b")]
)
def test_a_path_that_it_can_have(place: Place, path: str):
    assert codes(target("mine", place, path)) == []


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [
        ("/etc/x", "/etc/x", "hosts/a/root/etc/x"),
        ("/etc/x", "/etc/x/y/z", "hosts/a/root/etc/x"),
        ("/etc/x/y", "/etc/x", "hosts/a/root/etc/x"),
    ],
)
def test_two_outputs_that_want_one_path(first: str, second: str, where: str):
    ((code, message),) = codes(target("one", Host("a"), first), target("two", Host("a"), second))
    assert code == "DN102"
    assert where in message and "one" in message and "two" in message


def test_neighbours_do_not_collide():
    assert (
        codes(
            target("one", Host("a"), "/etc/x"),
            target("two", Host("b"), "/etc/x"),
            target("three", Host("a"), "/etc/x.y", "/etc/xy/z"),
        )
        == []
    )


def test_one_target_may_not_want_a_path_twice():
    assert [code for code, _ in codes(target("one", Docs(), "x", "x"))] == ["DN102"]


# ── Values that a format cannot write


def refusing(made: Any) -> Target:
    def artifacts(run: Any, _: Place) -> Any:
        yield Artifact("x", made(run))

    return Target("mine", lambda _: (Docs(),), artifacts)


class Late:
    """Content that is refused when it is rendered."""

    def __init__(self, value: str):
        self.value = value

    def render(self) -> bytes:
        return unit.value(self.value).encode()


TITLE = 'The site\'s "own" runtime\\'


def titled() -> Any:
    return runtime(lambda data: data.update(title=TITLE))


def test_a_value_that_is_refused_in_the_plan_is_found_in_the_spec():
    run = titled()
    (found,) = plan(run, [refusing(lambda run: unit.unit(unit.section("Unit", Description=run.title)))])[1]
    assert (found.code, found.path) == ("DN110", ("title",))
    assert "mine" in found.reason


def test_a_value_that_is_refused_when_rendered_is_found_in_the_spec():
    run = titled()
    planned, findings = plan(run, [refusing(lambda run: Late(f"x {run.title}"))])
    assert findings == []
    rendered, (found,) = render(planned, run)
    assert rendered == []
    assert (found.code, found.path) == ("DN110", ("title",))
    assert found.reason.startswith("it would stand in x")
