"""`dncompile fix`: what is mended is compiled again, what does harm is dropped, and the diff comes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from compiler.diagnostics import Diagnostic, Edit
from compiler.fix import ROUNDS, Mended, mend
from compiler.pretty import as_diff
from compiler.source import Document, read_text
from compiler.spec.path import SpecPath
from compiler.spec.shape import reach
from tests.compiler.material import document

Rule = Callable[[Document], Sequence[Diagnostic]]


def found(path: SpecPath, *edits: Edit, code: str = "DN099", secret: bool = False) -> Diagnostic:
    return Diagnostic(code, f"wrong at {path}", path=path, edits=edits, secret=secret)


def mended(text: str, *rules: Rule) -> Mended:
    """The text after the edits of rules: each looks at a document and says what is wrong with it."""
    return mend(document(text), lambda made, _: [made.locate(one) for rule in rules for one in rule(made)])


def wants(path: SpecPath, value: object, text: str, code: str = "DN099") -> Rule:
    """The rule that `value` stands at `path`, and the edit that is offered where it does not."""

    def rule(made: Document) -> list[Diagnostic]:
        there = reach(made.data, path)
        return [] if there is None or there == value else [found(path, Edit(path, text), code=code)]

    return rule


def unknown(path: SpecPath, right: str | None) -> Rule:
    """The rule that there is no such key; it is renamed, or taken away."""

    def rule(made: Document) -> list[Diagnostic]:
        there = path in made.keys
        return [found(path, Edit(path, right, on_key=True), code="DN020")] if there else []

    return rule


# ── Rounds


def test_all_is_mended_in_rounds_and_the_rest_stays():
    text = "# top\nengin: # ours\n  prt: '1' # was 2\nold: 1\n"
    rules = (
        unknown(("engin",), "engine"),
        unknown(("engin", "prt"), "port"),
        unknown(("old",), None),
        wants(("engine", "port"), 2, "2"),
    )
    made = mended(text, *rules)
    assert made.after.text == "# top\nengine: # ours\n  port: 2 # was 2\n"
    assert [one.path for one in made.done] == [
        ("engin",),
        ("engin", "prt"),
        ("old",),
        ("engine", "port"),
    ]
    assert made.dropped == () and made.waiting == () and made.after.findings == ()


def test_nothing_to_mend():
    made = mended("a: 1\n", wants(("a",), 1, "1"))
    assert not made.changed and made.done == ()


def test_edits_that_overlap_wait_for_a_round():
    made = mended("a: {b: 1}\n", wants(("a",), {"b": 2}, "{b: 2}"), wants(("a", "b"), 2, "2"))
    assert made.after.text == "a: {b: 2}\n" and len(made.done) == 1


def test_equal_edits_of_two_findings_are_one():
    made = mended("a: 1\n", wants(("a",), 2, "2"), wants(("a",), 2, "2", code="DN098"))
    assert made.after.text == "a: 2\n" and len(made.done) == 2


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        (wants(("a",), 2, "3"), "still be there"),
        (wants(("a",), 2, "2 # not yaml\n"), "several lines"),
        (unknown(("a",), "b"), "stands there already"),
        (wants(("list",), 2, "2"), "whole block"),
        (lambda _: [found(("none",), Edit(("none",), "2"))], "not written"),
    ],
)
def test_an_edit_that_makes_nothing_better_is_dropped_and_the_others_are_made(rule: Rule, why: str):
    text = "a: 1\nb: 1\nlist:\n- 1\nc: 1\n"
    others = [wants((name,), 2, "2", code="DN098") for name in ("b", "c")]
    made = mended(text, others[0], rule, others[1])
    assert made.after.text == "a: 1\nb: 2\nlist:\n- 1\nc: 2\n"
    ((dropped, said),) = made.dropped
    assert dropped.code != "DN098" and why in said and made.waiting == ()


def test_a_value_that_its_field_refuses_is_harm():
    def typed(made: Document) -> list[Diagnostic]:
        return [found(("a",), code="DN023")] if reach(made.data, ("a",)) == "2" else []

    made = mended("a: 1\n", wants(("a",), "2", '"2"'), typed)
    assert not made.changed and "wrong there in another way" in made.dropped[0][1]


def test_an_entry_that_is_needed_stays():
    def needed(made: Document) -> list[Diagnostic]:
        there = reach(made.data, ("a", "b")) is not None
        return [] if there else [found(("a",), code="DN021")]

    made = mended("a:\n  b: 1\n  c: 1\n", unknown(("a", "b"), None), needed)
    assert not made.changed and len(made.dropped) == 1


def test_edits_that_undo_each_other_come_to_an_end():
    made = mended("a: 1\n", wants(("a",), 2, "2"), wants(("a",), 1, "1", code="DN098"))
    assert made.after.text == "a: 2\n" and "bring back" in made.dropped[0][1]


def partly(text: str, *rules: Rule) -> Mended:
    """As `mended`, of a text with values that cannot be read."""
    made, unread = read_text(text, "spec.yaml", partial=True)
    assert made is not None and unread

    def compiled(one: Document, unread: Sequence[Diagnostic]) -> list[Diagnostic]:
        return [*unread, *(one.locate(each) for rule in rules for each in rule(one))]

    return mend(made, compiled, unread)


def test_what_cannot_be_read_stays_and_the_rest_is_mended():
    made = partly("engin: {n: 007}\na: 1\na: 3\n", unknown(("engin",), "engine"), wants(("a",), 2, "2"))
    assert made.after.text == "engine: {n: 007}\na: 2\na: 3\n" and made.dropped == ()
    assert [one.code for one in made.after.findings] == ["DN013", "DN012"]


@pytest.mark.parametrize(
    "rule",
    [
        wants(("a",), 2, "02"),
        unknown(("a",), "b"),
        unknown(("a",), "n"),
        wants(("n",), 7, "08"),
        wants(("n",), 7, "7, 8: ["),
        unknown(("n",), "a: {"),
    ],
)
def test_an_edit_makes_nothing_unreadable(rule: Rule):
    made = partly("a: 1\nb: 1\nn: 007\n", rule, wants(("b",), 2, "2", code="DN098"))
    assert made.after.text == "a: 1\nb: 2\nn: 007\n" and len(made.dropped) == 1


def test_a_value_that_cannot_be_read_is_mended_by_an_edit_of_its_own():
    made = partly("n: 007\n", wants(("n",), 7, "7"))
    assert made.after.text == "n: 7\n" and made.after.findings == ()


def test_rounds_are_bounded_and_what_waits_is_known():
    def more(made: Document) -> list[Diagnostic]:
        assert isinstance(made.data, dict)
        return [found(("a",), Edit(("a",), str(int(str(made.data["a"])) + 1)), code=f"DN{made.data['a']}")]

    made = mended("a: 400\n", more)
    assert made.after.text == f"a: {400 + ROUNDS}\n" and len(made.waiting) == 1
    assert "waits for the next run: error[DN410]" in as_diff.told(made, "x", written=False)


def test_many_edits_that_do_harm_end_too():
    text = "".join(f"k{number}: 1\n" for number in range(400)) + "good: 1\n"
    rules = [wants((f"k{number}",), 2, "3") for number in range(400)]
    made = mended(text, wants(("good",), 2, "2"), *rules)
    assert len(made.dropped) > 1 and len(made.waiting) > 100 and len(made.done) == 1


def test_many_edits_are_made_at_once():
    text = "".join(f"k{number}: 1\n" for number in range(3000))
    compilations: list[int] = []

    def rule(made: Document) -> list[Diagnostic]:
        assert isinstance(made.data, dict)
        wrong = [key for key, value in made.data.items() if value == 1]
        compilations.append(len(wrong))
        return [found((key,), Edit((key,), "2")) for key in wrong]

    assert mended(text, rule).after.text == text.replace(": 1", ": 2")
    # The spec as it is, with all edits when they are tried, and once more when they are made.
    assert compilations == [3000, 0, 0]


def test_a_secret_is_in_no_diff():
    text = "a: 1\nkey: hunter2 # hunter2\nblock: |\n  hunter2\n\nb: 1\ntoken: hf_0123456789abcdefABCD\n"
    secret = [found((name,), secret=True) for name in ("key", "block")]
    made = mended(text, wants(("a",), 2, "2"), wants(("b",), 2, "2"), lambda _: secret)
    shown = as_diff.diff(made, "x") + as_diff.told(made, "x", written=True)
    shown += as_diff.left(made, "x", colour=False)
    assert "hunter2" not in shown and "hf_0123" not in shown and "+a: 2" in shown and "+b: 2" in shown


def test_a_diff_knows_how_a_file_ends_and_its_lines():
    assert as_diff.diff(mended("b: 1\r\na: 1", wants(("a",), 2, "2")), "/x/y").split("\n") == [
        "--- a/x/y",
        "+++ b/x/y",
        "@@ -1,2 +1,2 @@",
        " b: 1\r",
        "-a: 1",
        "\\ No newline at end of file",
        "+a: 2",
        "\\ No newline at end of file",
        "",
    ]
