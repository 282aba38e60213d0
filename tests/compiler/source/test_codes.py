"""Every way in which a spec can be wrong as text or as YAML: its code and the exact place."""

from __future__ import annotations

from pathlib import Path

import pytest

from compiler.diagnostics import Span
from compiler.source import codes, read, read_text
from compiler.source.compose import DEPTH_LIMIT, NODE_LIMIT
from compiler.source.reader import LIMIT_BYTES

BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)

# text, code, line, column, width
TEXTS = [
    ("\ufeffa: 1\n", "DN004", 1, 1, 1),
    ("", "DN005", 1, 1, 1),
    ("# nothing\n\n", "DN005", 1, 1, 1),
    ("a: b: c\n", "DN006", 1, 5, 1),
    ("a:\n\tb: 1\n", "DN006", 2, 1, 1),
    ("a: 1\nb: 'x\n", "DN006", 2, 4, 1),
    ("a: {b: 1\nc: 2\n", "DN006", 2, 2, 1),
    ("a: 1\nb: x\x01y\n", "DN007", 2, 5, 1),
    ("é: 'ü'\nb: 'é\x07y'\n", "DN007", 2, 6, 1),
    ("a: 1 # note\u2028b: 2\n", "DN007", 1, 12, 1),
    ("a: x\u2029y\n", "DN007", 1, 5, 1),
    ("a: x\x85y\n", "DN007", 1, 5, 1),
    ("a: 1\rb: 2\n", "DN007", 1, 5, 1),
    ("a: 1\n---\nb: 1\n", "DN008", 2, 1, 1),
    ("---\na: 1\n...\n---\nb: 1\n", "DN008", 4, 1, 1),
    ("a: !!str 1\n", "DN009", 1, 4, 7),
    ("a: !python/object x\n", "DN009", 1, 4, 16),
    ("a: !thing {b: 1}\n", "DN009", 1, 4, 1),
    ("a: !!set\n  ? x\n", "DN009", 1, 4, 1),
    ("? [a, b]\n: c\n", "DN010", 1, 3, 1),
    ("{a: b}: c\n", "DN010", 1, 1, 1),
    ("a: &x y\n*x : z\n", "DN010", 2, 1, 1),
    ("a: &x {b: 1}\nc:\n  <<: *x\n", "DN011", 3, 3, 2),
    ("a:\n  key: 1\n  other: 2\n  key: 3\n", "DN012", 4, 3, 3),
    ("a: 1\n'a': 2\n", "DN012", 2, 1, 3),
    ("a: 0755\n", "DN013", 1, 4, 4),
    ("a: [1, .inf, 2]\n", "DN013", 1, 8, 4),
    ("a: 1e999\n", "DN013", 1, 4, 5),
    ("a: 00.5\n", "DN013", 1, 4, 4),
    ("ü: ё  # é\nö: 007\n", "DN013", 2, 4, 3),
    (f"a: {'9' * 41}\n", "DN013", 1, 4, 41),
    ("[" * (DEPTH_LIMIT + 1) + "\n", "DN014", 1, DEPTH_LIMIT + 1, 1),
    (BOMB, "DN015", 6, 12, 2),
    ("a: *b\n", "DN016", 1, 4, 1),
    ("a: &a [*a]\n", "DN016", 1, 8, 1),
    ("a:\r\n  b: 007\r\n", "DN013", 2, 6, 3),
]


@pytest.mark.parametrize(("text", "code", "line", "column", "width"), TEXTS)
def test_text_that_is_refused(text: str, code: str, line: int, column: int, width: int):
    document, findings = read_text(text, "spec.yaml")
    assert document is None
    assert [(one.code, one.span) for one in findings] == [(code, Span(line, column, width))]


def test_every_code_of_the_stage_is_shown_here():
    made = {
        codes.unreadable("x", "y").code,
        codes.too_large(1, 1).code,
        codes.not_utf8(Span(1, 1)).code,
        *(code for _, code, *_ in TEXTS),
    }
    assert made == {f"DN{number:03}" for number in range(1, 17)}


def test_findings_of_one_file_come_together():
    _, findings = read_text("a: 010\nb: 1\nb: .nan\n", "spec.yaml")
    assert [(one.code, one.span and one.span.line) for one in findings] == [
        ("DN013", 1),
        ("DN012", 3),
        ("DN013", 3),
    ]


# ── Files


def test_a_file_that_is_not_there(tmp_path: Path):
    document, (finding,) = read(tmp_path / "none.yaml", "none.yaml")
    assert document is None
    assert (finding.code, finding.file, finding.span) == ("DN001", "none.yaml", None)
    assert "No such file" in finding.message


def test_a_folder_is_no_spec(tmp_path: Path):
    assert [one.code for one in read(tmp_path)[1]] == ["DN001"]


def test_the_limit_of_bytes_is_exact(tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_bytes(b"a: 1\n" + b"#" * (LIMIT_BYTES - 5))
    assert read(place)[1] == []
    with place.open("ab") as file:
        file.write(b"#")
    document, (finding,) = read(place)
    assert document is None
    assert (finding.code, finding.span) == ("DN002", Span(1, 1))
    assert str(LIMIT_BYTES + 1) in finding.message


@pytest.mark.parametrize(
    ("raw", "line", "column"),
    [
        (b"\xff", 1, 1),
        (b"a: 1\nb: x\xe9\n", 2, 5),
        ("é: ü".encode() + b"\x80", 1, 5),
        (b"a: \xed\xa0\x80\n", 1, 4),
        ("a: ü\n".encode("utf-16-le"), 1, 7),
    ],
)
def test_bytes_that_are_not_utf8(tmp_path: Path, raw: bytes, line: int, column: int):
    place = tmp_path / "spec.yaml"
    place.write_bytes(raw)
    document, (finding,) = read(place)
    assert document is None
    assert (finding.code, finding.span) == ("DN003", Span(line, column))


def test_the_name_is_the_path_unless_another_is_given(tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_text("a: 1\n")
    for name, shown in ((None, str(place)), ("mine.yaml", "mine.yaml")):
        document, _ = read(place, name)
        assert document is not None and document.name == shown


def test_a_billion_values_are_counted_and_not_made():
    _, (finding,) = read_text(BOMB, "spec.yaml")
    assert str(NODE_LIMIT) in finding.message
