"""Pages: a value is text or code, at the start of a line, in it, and in a cell; it is never markup."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from compiler.formats.safe import Unsafe
from compiler.formats.template import Template
from tests.compiler.formats import commonmark
from tests.compiler.formats.hostile import ORDINARY, TEXT, VALUES, accepted, wrong

TEMPLATE = """\
{{ x | text }}

before {{ x | text }} after

| first | {{ x | text }} | {{ x | cell }} | last |

before {{ x | code }} after
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page") / "page.md.j2"
    place.write_text(TEMPLATE)
    return place


def write(page: Path):
    return lambda value: Template(page, "markdown", {"x": value}).render()


def read(data: bytes) -> object:
    """The value, where all five places agree on it; blanks around text are not shown by any browser."""
    try:
        first, _, second, _, row, _, code, end = data.decode().split("\n")
        assert end == ""
        start, text, span, last = commonmark.row(row)
        assert (start, last) == ("first", "last")
        spanned = commonmark.inline(code).removeprefix("before ").removesuffix(" after")
        assert commonmark.cell(span) in (spanned, spanned.strip(" ")), (span, spanned)
        texts = {
            commonmark.paragraph(first) if first else "",
            commonmark.paragraph(second).removeprefix("before ").removesuffix(" after"),
            commonmark.cell(text),
            spanned.strip(" "),
        }
        return texts.pop() if len(texts) == 1 else texts
    except (ValueError, AssertionError) as error:
        return error


def stripped(page: Path, values: list[str]) -> list[object]:
    """The values that do not come back, blanks around them aside."""
    return [one for one in wrong(write(page), read, values) if one[1] != one[0].strip(" ")]


def test_no_value_becomes_markup(page: Path):
    assert stripped(page, VALUES) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=TEXT)
def test_no_text_at_all_becomes_markup(page: Path, value: str):
    assert stripped(page, [value]) == []


def test_ordinary_values_are_carried(page: Path):
    values = [*ORDINARY, "*", "<b>", "`", "a_b", "[x](y)", "1. x", "- x", "---", "===", "&amp;", "a|b"]
    assert accepted(write(page), values) == values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2026-04-22", "2026-04-22"),
        ("0.12s", "0.12s"),
        ("-1", "-1"),
        ("1. x", r"1\. x"),
        ("12)", r"12\)"),
        ("- x", r"\- x"),
        ("-", r"\-"),
        ("---", r"\---"),
        ("=", r"\="),
        ("a_b", r"a\_b"),
        (" x ", "x"),
        (12, "12"),
        (None, "None"),
    ],
)
def test_spelling_of_text(page: Path, value: object, text: str):
    assert Template(page, "markdown", {"x": value}).render().decode().split("\n")[0] == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a", "`a`"),
        ("", "` `"),
        ("`", "`` ` ``"),
        ("a`b``c", "```a`b``c```"),
        (" a ", "`  a  `"),
        ("a|b", "`a|b`"),
    ],
)
def test_spelling_of_code(page: Path, value: str, code: str):
    assert Template(page, "markdown", {"x": value}).render().decode().split("\n")[6] == f"before {code} after"


def test_a_bar_in_a_cell_is_escaped_there_alone(page: Path):
    lines = write(page)("a|b").decode().split("\n")
    assert r"| `a\|b` |" in lines[4] and "`a|b`" in lines[6]


def test_what_code_in_a_table_cannot_say(page: Path):
    with pytest.raises(Unsafe, match="backslash"):
        write(page)("a\\|b")


@pytest.mark.parametrize(
    "line",
    [
        "# x",
        "- x",
        "1. x",
        "1.",
        "> x",
        "---",
        "===",
        "*a*",
        "a_b",
        "[x](y)",
        "<b>",
        "`a",
        "&amp;",
        "    x",
        "-",
    ],
)
def test_the_reader_sees_markup(line: str):
    with pytest.raises(commonmark.Markup):
        commonmark.paragraph(line)


def test_the_reader_splits_cells_before_it_reads_code():
    assert commonmark.row(r"| a | `b|c` | d\|e |") == ["a", "`b", "c`", "d|e"]
