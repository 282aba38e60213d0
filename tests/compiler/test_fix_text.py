"""An edit changes what it says in the text of a spec and no other character, or it is refused."""

from __future__ import annotations

import difflib

import pytest

from compiler.diagnostics import Diagnostic, Edit, Span
from compiler.fix.meant import meant
from compiler.fix.places import Group, Places, disjoint
from compiler.fix.removal import Absent, Refused
from compiler.fix.replacement import apply
from compiler.source import read_text
from compiler.spec.path import SpecPath
from tests.compiler.material import SPEC, document

TEXT = """\
# a comment
a: &x 5   # five
"b": 'q'
c:
  - - 1
    - 2
  -
    k: v
    l:   # empty
  - {p: q, r: 1, "s": [1, 2,], t: }
  - u: 1
    # about w
    w: 2
  - y: 1
    z: 2
d: |
  text

  more

# trailing
e: >-
    fold
    x
f:
- 1
-
g: plain
  of two lines   # g
h: *x
i: ""
waive:   # why
  # because
  DN: "x"
m: {
  a: 1, # about a
  b: 2, # about b
  # above c
  c: 3
}
n: &q
  o: 1
j: *q
last:
  p: 1"""


def group(text: str, *edits: Edit, span: Span | None = None) -> Group:
    """The changes of the edits, found where `Document.locate` finds them."""
    found = Diagnostic("DN099", "x", edits=edits, span=span)
    return Places(text).group(document(text).locate(found))


def edited(text: str, path: SpecPath, new: str | None, *, on_key: bool = False) -> str:
    """The text after one edit, which must read as the edit says."""
    made = group(text, Edit(path, new, on_key))
    after = apply(text, made.replacements)
    assert document(after).data == meant(document(text).data, made.changes)
    return after


def difference(text: str, path: SpecPath, new: str | None, *, on_key: bool = False) -> list[str]:
    """The lines that go and come."""
    after = edited(text, path, new, on_key=on_key)
    lines = difflib.unified_diff(text.split("\n"), after.split("\n"), n=0, lineterm="")
    return [line for line in [*lines][2:] if not line.startswith("@@")]


@pytest.mark.parametrize(
    ("path", "new", "lines"),
    [
        (("b",), "new", ["-\"b\": 'q'", "+\"b\": 'new'"]),
        (("b",), "12", ["-\"b\": 'q'", '+"b": 12']),
        (("b",), "true", ["-\"b\": 'q'", '+"b": true']),
        (("b",), '"x: y"', ["-\"b\": 'q'", '+"b": "x: y"']),
        (("b",), "it's", ["-\"b\": 'q'", '+"b": it\'s']),
        (("b",), "x # y", ["-\"b\": 'q'", '+"b": x # y']),
        (("b",), "[1, 2]", ["-\"b\": 'q'", '+"b": [1, 2]']),
        (("c", 0, 1), "new", ["-    - 2", "+    - new"]),
        (("c", 1, "l"), "new", ["-    l:   # empty", "+    l: new   # empty"]),
        (
            ("c", 2, "s"),
            "new",
            ['-  - {p: q, r: 1, "s": [1, 2,], t: }', '+  - {p: q, r: 1, "s": new, t: }'],
        ),
        (
            ("c", 2, "t"),
            "x",
            ['-  - {p: q, r: 1, "s": [1, 2,], t: }', '+  - {p: q, r: 1, "s": [1, 2,], t: x}'],
        ),
        (("d",), "new", ["-d: |", "-  text", "-", "-  more", "+d: new"]),
        (("e",), "new", ["-e: >-", "-    fold", "-    x", "+e: new"]),
        (("f", 1), "new", ["--", "+- new"]),
        (("g",), "new", ["-g: plain", "-  of two lines   # g", "+g: new   # g"]),
        (("h",), "new", ["-h: *x", "+h: new"]),
        (("i",), "new", ['-i: ""', '+i: "new"']),
    ],
)
def test_a_value_is_replaced_and_keeps_its_quotes(path: SpecPath, new: str, lines: list[str]):
    assert difference(TEXT, path, new) == lines


def test_a_key_is_replaced_and_keeps_its_quotes():
    assert difference(TEXT, ("b",), "no", on_key=True) == ["-\"b\": 'q'", "+\"no\": 'q'"]
    assert difference(TEXT, ("c",), "cc", on_key=True) == ["-c:", "+cc:"]
    assert difference(TEXT, ("c", 1, "k"), "kk", on_key=True) == ["-    k: v", "+    kk: v"]


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("b",), ["-\"b\": 'q'"]),
        (("c", 0), ["-  - - 1", "-    - 2"]),
        (("c", 0, 0), ["-  - - 1", "-    - 2", "+  - - 2"]),
        (("c", 1, "l"), ["-    l:   # empty"]),
        (("c", 2, "p"), ['-  - {p: q, r: 1, "s": [1, 2,], t: }', '+  - {r: 1, "s": [1, 2,], t: }']),
        (("c", 2, "t"), ['-  - {p: q, r: 1, "s": [1, 2,], t: }', '+  - {p: q, r: 1, "s": [1, 2,]}']),
        (("c", 2, "s", 1), ['-  - {p: q, r: 1, "s": [1, 2,], t: }', '+  - {p: q, r: 1, "s": [1,], t: }']),
        (("c", 3, "w"), ["-    w: 2"]),
        (("c", 4, "y"), ["-  - y: 1", "-    z: 2", "+  - z: 2"]),
        (("d",), ["-d: |", "-  text", "-", "-  more"]),
        (("f",), ["-f:", "-- 1", "--"]),
        (("waive", "DN"), ["-waive:   # why", "+waive: {}   # why", '-  DN: "x"']),
        (("waive",), ["-waive:   # why", "-  # because", '-  DN: "x"']),
        (("m", "b"), ["-  b: 2, # about b", "+   # about b"]),
        (("m", "c"), ["-  c: 3", "+  "]),
        (("j",), ["-j: *q"]),
        (("last",), ["-last:", "-  p: 1"]),
        (("last", "p"), ["-last:", "-  p: 1", "+last: {}"]),
    ],
)
def test_an_entry_goes_and_the_comments_around_it_stay(path: SpecPath, lines: list[str]):
    assert difference(TEXT, path, None) == lines


@pytest.mark.parametrize(
    ("path", "new", "on_key", "why"),
    [
        (("a",), "6", False, "an alias repeats"),
        (("a",), None, False, "an alias repeats"),
        (("n", "o"), "2", False, "an alias repeats"),
        (("j", "o"), "2", False, "an alias stands for it"),
        (("c",), "x", False, "a whole block"),
        (("c", 1), None, False, "its dash"),
        (("c", 3, "u"), None, False, "a comment"),
        (("b",), "x\ny", False, "several lines"),
        (("b",), "[1", False, "not YAML"),
        (("b",), "{a: 1}", True, "not YAML"),
    ],
)
def test_what_is_refused(path: SpecPath, new: str | None, on_key: bool, why: str):
    with pytest.raises(Refused, match=why):
        group(TEXT, Edit(path, new, on_key))


def test_the_only_entry_of_a_spec_is_not_taken_away():
    with pytest.raises(Refused, match="only entry"):
        group("a: 1\n", Edit(("a",), None))


@pytest.mark.parametrize("path", [("nope",), ("c", 3, "nope"), ("c", 9), ("last", "nope"), ()])
@pytest.mark.parametrize(("new", "on_key"), [("x", False), ("x", True), (None, False), (None, True)])
def test_a_place_that_is_not_written_is_not_taken_for_one_near_it(
    path: SpecPath, new: str | None, on_key: bool
):
    with pytest.raises(Absent):
        group(TEXT, Edit(path, new, on_key))


def test_a_value_below_a_misspelt_key_is_found_by_its_span():
    edit = Edit(("engine", "port"), "2", span=Span(2, 9, 1))
    (change,) = group("engin:\n  port: 1\n", edit).changes
    assert change.path == ("engin", "port")


def test_of_two_equal_keys_the_one_at_the_span_is_meant():
    text = "a: 1\nb: 2\na: 3\n"
    made = Places(text).group(
        Diagnostic("DN012", "x", edits=(Edit(("a",), None, on_key=True, span=Span(3, 1, 1)),))
    )
    assert apply(text, made.replacements) == "a: 1\nb: 2\n"


# ── Every place of every text


def every(text: str, step: int) -> list[tuple[SpecPath, str | None, bool]]:
    there = Places(text).layout
    assert there is not None
    cases = [(path, new, False) for path in there.entries for new in ("new", '"x, y"', None)]
    cases += [(path, "newkey", True) for path in there.entries if isinstance(path[-1], str)]
    return cases[::step]


def comments_outside(text: str, path: SpecPath) -> list[str]:
    """The lines that are comments and stand above or below an entry."""
    there = Places(text).layout
    assert there is not None
    entry = there.entries[path][0]
    inside = range(there.place(entry.begin)[0], there.place(entry.finish)[0] + 1)
    lines = enumerate(text.split("\n"), start=1)
    return [line for number, line in lines if line.lstrip().startswith("#") and number not in inside]


@pytest.mark.parametrize(
    ("text", "step"),
    [
        (TEXT, 1),
        (TEXT.replace("\n", "\r\n"), 1),
        (f"---\n{TEXT}\n", 1),
        (SPEC.read_text("utf-8"), 41),
    ],
    ids=["lf", "crlf", "dashes", "spec"],
)
def test_every_edit_does_what_it_says_or_is_refused(text: str, step: int):
    made = 0
    for path, new, on_key in every(text, step):
        try:
            after = edited(text, path, new, on_key=on_key)
        except Refused:
            continue
        made += 1
        assert after.endswith("\n") == text.endswith("\n")
        assert ("\r" in text) == ("\r" in after) and after.count("\r") in (0, after.count("\n"))
        assert set(comments_outside(text, path)) <= set(after.split("\n"))
    assert made > 30


def test_a_change_that_says_something_else_is_seen():
    made = group(TEXT, Edit(("b",), "x"))
    other, _ = read_text(TEXT.replace("plain", "simple"), "x")
    assert other is not None and other.data != meant(document(TEXT).data, made.changes)


# ── Several at once


def test_of_edits_that_overlap_the_first_is_made():
    whole, part, far = Edit(("c",), None), Edit(("c", 0, 0), "9"), Edit(("b",), "new")
    first, second, third = (group(TEXT, one) for one in (whole, part, far))
    assert disjoint([first, second, third]) == [first, third]
    assert disjoint([second, first]) == [second]
    assert disjoint([first, group(TEXT, whole)]) != [first]  # the very same change is no conflict


def test_edits_of_one_finding_are_made_together():
    edits = [
        Edit(("c", 0, 0), None),
        Edit(("c", 0, 1), "9"),
        Edit(("f", 0), None),
        Edit(("g",), "x", on_key=True),
    ]
    made = group(TEXT, *edits, Edit(("g",), "y"))
    after = document(apply(TEXT, made.replacements)).data
    assert after == meant(document(TEXT).data, made.changes)
    assert isinstance(after, dict) and after["x"] == "y" and after["f"] == (None,)
