"""The language of a spec as an operator meets it: what is text, what is data; and one run says it all."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostic, Span
from compiler.source import read, read_text
from compiler.source.bounded import MOST, bounded
from compiler.source.limits import FINDING_LIMIT, PLACES_LIMIT
from compiler.source.scalars import BadScalar, resolve
from tests.compiler.material import document

LOOKS_LIKE_TEXT = [
    "no",
    "on",
    "off",
    "yes",
    "y",
    "1:30",
    "1_000",
    "0b11",
    "1.2.3",
    "-0x1F",
    "2026-04-22",
    "=",
    "+",
]
NUMBERS = [
    ("0o17", 15),
    ("0x1F", 31),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("+1", 1),
    ("-1", -1),
    ("1.0", 1.0),
    ("0", 0),
]


@pytest.mark.parametrize("text", LOOKS_LIKE_TEXT)
def test_text_is_what_it_looks_like(text: str):
    assert document(f"a: {text}\nb: [{text}]\n").data == {"a": text, "b": (text,)}


@pytest.mark.parametrize(("text", "value"), NUMBERS)
def test_numbers(text: str, value: float):
    found = document(f"a: {text} # why\nb: [{text}]\n").data
    assert found == {"a": value, "b": (value,)}
    assert isinstance(found, dict)
    assert type(found["a"]) is type(value)


@pytest.mark.parametrize(
    "text", ["1: x\n", "true: x\n", "null: x\n", "~: x\n", "no: x\n", "007: x\n", "1.0: x\n", "'a b': x\n"]
)
def test_a_key_is_the_text_that_it_looks_like(text: str):
    assert document(text).data == {text.removesuffix(": x\n").strip("'"): "x"}


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1   \nb: x  \n", {"a": 1, "b": "x"}),
        ("a:\t1\t\nb: {\tc: 2}\n", {"a": 1, "b": {"c": 2}}),
        ("a: |\n  b\n   \tc\n", {"a": "b\n \tc\n"}),
        ("# größe \U0001f600 \u00a0 \u200d %YAML *x &y !z\na: 1 # {[\n", {"a": 1}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("%YAML 1.2\n---\na: no\n", {"a": "no"}),
        ("%YAML 1.2 # that is what this is\r\n---\r\na: no\r\n", {"a": "no"}),
        ("a: 1\r\nb:\r\n  - c\r\n", {"a": 1, "b": ("c",)}),
        ("a: 1", {"a": 1}),
        ("? a\n: b\n", {"a": "b"}),
        ("'<<': x\n", None),
        ("a: 'x\n  y'\n", {"a": "x y"}),
        ("- 1\n- [2]\n", (1, (2,))),
        ("just text\n", "just text"),
        ("a: &x {b: 1}\nc: *x\n", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: '\U0001f600'\nb: ё\n", {"a": "\U0001f600", "b": "ё"}),
    ],
)
def test_what_is_read(text: str, data: object):
    made, _ = read_text(text, "spec.yaml")
    assert (made.data if made else None) == data


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0755", ["755 for the number", "0o755 for an octal", '"0755" for the text']),
        ("-012", ["-12 for the number", '"-012" for the text']),
        ("00", ["0 for the number", '"00" for the text']),
        ("08", ["8 for the number", '"08"']),
        ("01.5", ["1.5 for the number"]),
        (".nan", ["write a number", '".nan" in quotes']),
        ("1e999", ["write a number"]),
        ("9" * 41, ["in quotes"]),
    ],
)
def test_a_refused_number_says_what_to_write(text: str, words: list[str]):
    _, (finding,) = read_text(f"a: {text}\n", "spec.yaml")
    assert finding.code == "DN013" and finding.path == ("a",)
    assert [word for word in words if word not in finding.help] == []
    for written in finding.help.removeprefix("write ").split(" for ")[:1]:
        if written[0].isdigit():
            assert resolve(written) == float(text)


def test_an_octal_number_that_is_offered_is_that_number():
    with pytest.raises(BadScalar) as caught:
        resolve("0755")
    assert "0o755" in caught.value.help and resolve("0o755") == 0o755


MANY = """\
a: 007
b: 1
b: 2
c: !x y
d: {e: .inf, e: 1}
<<: *q
? [f]
: 08
'': 1
g: [1, 01, *r]
"""


def test_one_run_says_it_all():
    made, findings = read_text(MANY, "spec.yaml")
    assert made is None
    assert [(one.code, one.span.line, one.span.column) for one in findings if one.span] == [
        ("DN013", 1, 4),
        ("DN012", 3, 1),
        ("DN009", 4, 4),
        ("DN013", 5, 8),
        ("DN012", 5, 14),
        ("DN011", 6, 1),
        ("DN016", 6, 5),
        ("DN010", 7, 3),
        ("DN013", 8, 3),
        ("DN010", 9, 1),
        ("DN013", 10, 8),
        ("DN016", 10, 12),
    ]
    assert [one.path for one in findings if one.code == "DN013"] == [("a",), ("d", "e"), ("",), ("g", 1)]


def test_what_stood_before_the_end_of_the_structure_is_said_too():
    _, findings = read_text("a: 007\nb: 'x\n", "spec.yaml")
    assert [one.code for one in findings] == ["DN013", "DN006"]


def test_the_first_of_two_keys_is_shown_beside_the_second():
    _, (finding,) = read_text("ü: 1\nb: 2\nü: 3\n", "spec.yaml")
    assert [one.span for one in finding.related] == [Span(1, 1)]


def test_a_partial_document_has_the_first_value_and_the_text_of_a_bad_one():
    text = "a: 007\nb: {c: 1}\nb: {c: 2, d: 3}\ne: 4\n"
    made, findings = read_text(text, "spec.yaml", partial=True)
    assert made is not None and [one.code for one in findings] == ["DN013", "DN012"]
    assert made.data == {"a": "007", "b": {"c": 1}, "e": 4}
    assert made.values["b", "c"] == Span(2, 8) and ("b", "d") not in made.values
    assert read_text(text, "spec.yaml")[0] is None


@pytest.mark.parametrize(
    "text", ["a: !x 1\n", "<<: 1\n", "a: *b\n", "? [a]\n: 1\n", "'': 1\n", "a: 007\nb: '\n"]
)
def test_there_is_no_partial_document_where_structure_is_in_doubt(text: str, tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_text(text)
    made, findings = read(place, partial=True)
    assert made is None and findings


# ── Many findings


def test_of_each_kind_the_first_are_kept_and_the_rest_counted():
    many = [Diagnostic("DN001", "x", span=Span(line, 1)) for line in range(1, MOST + 4)]
    other = Diagnostic("DN002", "y")
    kept = bounded([*many, other])
    assert kept[:-1] == [*many[:MOST], other]
    assert (kept[-1].code, kept[-1].span) == ("DN001", Span(MOST + 1, 1)) and "3 more" in kept[-1].message
    assert bounded(many[:MOST]) == many[:MOST]


def test_reading_ends_when_nobody_reads_on():
    _, findings = read_text("- 00\n" * (FINDING_LIMIT * 3), "spec.yaml")
    assert len(findings) == MOST + 1
    assert f"{FINDING_LIMIT + 1 - MOST} more" in findings[-1].message


def test_a_file_that_is_no_text_is_known_by_a_few_places():
    _, findings = read_text("\0" * 1000, "spec.yaml")
    assert [one.code for one in findings] == ["DN007"] * PLACES_LIMIT


def test_every_odd_character_has_its_place():
    _, findings = read_text("a: \x07\nä: x\u200by\u2028\n\n#\r#\n", "spec.yaml")
    assert [(one.span.line, one.span.column) for one in findings if one.span] == [
        (1, 4),
        (2, 5),
        (2, 7),
        (4, 2),
    ]
    assert all(
        f"U+{ord(sign):04X}" in one.message for one, sign in zip(findings, "\x07\u200b\u2028\r", strict=True)
    )
    assert {one.reason for one in findings} >= {"YAML allows no control characters"}
