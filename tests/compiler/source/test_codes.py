"""Every way in which a spec can be wrong as text or as YAML: its code and the exact place."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Span
from compiler.source import codes, read_text
from compiler.source.limits import DEPTH_LIMIT, KEY_LIMIT, NODE_LIMIT, TEXT_LIMIT

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
    ("a: {b: 1\nc: 2\n", "DN006", 1, 4, 1),
    ("a: 1\nb: x\x01y\n", "DN007", 2, 5, 1),
    ("é: 'ü'\nb: 'é\x07y'\n", "DN007", 2, 6, 1),
    ("a: 1 # note\u2028b: 2\n", "DN007", 1, 12, 1),
    ("a: x\u2029y\n", "DN007", 1, 5, 1),
    ("a: x\x85y\n", "DN007", 1, 5, 1),
    ("a: 1\rb: 2\n", "DN007", 1, 5, 1),
    ("a: 1\n---\nb: 1\n", "DN008", 2, 1, 1),
    ("---\na: 1\n...\n---\nb: 1\n", "DN008", 4, 1, 1),
    ("a: !!str 1\n", "DN009", 1, 4, 5),
    ("a: !python/object x\n", "DN009", 1, 4, 14),
    ("a: !thing {b: 1}\n", "DN009", 1, 4, 6),
    ("a: !!set\n  ? x\n", "DN009", 1, 4, 5),
    ("? [a, b]\n: c\n", "DN010", 1, 3, 1),
    ("{a: b}: c\n", "DN010", 1, 1, 1),
    ("a: &x y\n*x : z\n", "DN010", 2, 1, 2),
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
    (BOMB, "DN015", 5, 24, 2),
    ("a: *b\n", "DN016", 1, 4, 2),
    ("a: &a [*a]\n", "DN016", 1, 8, 2),
    ("a:\r\n  b: 007\r\n", "DN013", 2, 6, 3),
    ("---\n", "DN005", 1, 1, 1),
    ("~\n", "DN005", 1, 1, 1),
    ("a: x\u200by\n", "DN007", 1, 5, 1),
    ("a: 1\n\ufeffb: 2\n", "DN007", 2, 1, 1),
    ("# so \u202egnihton\na: 1\n", "DN007", 1, 6, 1),
    ("a: x\ud800\n", "DN007", 1, 5, 1),
    ("a: \x7f\n", "DN007", 1, 4, 1),
    ("a: 1\n...\nb: 2\n", "DN008", 3, 1, 1),
    ("a: 1\n--- b\n", "DN008", 2, 1, 1),
    ("a: ! x\n", "DN009", 1, 4, 1),
    ("a: !\n", "DN009", 1, 4, 1),
    ("&x !!map {a: 1}\n", "DN009", 1, 4, 5),
    ("a: !foo!bar x\n", "DN009", 1, 4, 8),
    ("a: !<x y\n", "DN009", 1, 4, 3),
    ("a: {{ b }}\n", "DN010", 1, 5, 1),
    ("'': x\n", "DN010", 1, 1, 2),
    ("{: x}\n", "DN006", 1, 2, 1),
    ("? |\n  x\n  y\n: z\n", "DN010", 1, 3, 1),
    ("a\u00a0b: 1\n", "DN010", 1, 1, 3),
    (f"{'k' * (KEY_LIMIT + 1)}: 1\n", "DN010", 1, 1, KEY_LIMIT + 1),
    ("a: {b: 1, b: 2}\n", "DN012", 1, 11, 1),
    ("a: &x {b: 1}\nc: *x\na: 2\n", "DN012", 3, 1, 1),
    ("1: a\n'1': b\n", "DN012", 2, 1, 3),
    ("a: -012\n", "DN013", 1, 4, 4),
    ("a: [00, 1.0, 08]\nb: 1\n", "DN013", 1, 5, 2),
    ("%YAML 1.1\n---\na: no\n", "DN017", 1, 1, 9),
    ("# first\n%TAG ! tag:example.org,2026: # x\r\n--- {a: 1}\n", "DN017", 2, 1, 28),
    ("%YAML 1.20\n---\na: 1\n", "DN017", 1, 1, 10),
    (f"a: {'x' * (TEXT_LIMIT + 1)}\n", "DN002", 1, 4, TEXT_LIMIT + 1),
    (f"a: |\n  {'x' * TEXT_LIMIT}\n", "DN002", 1, 4, 1),
    ("a: “3.10”\n", "DN013", 1, 4, 6),
    ('a: "x\nb: "y"\n', "DN018", 1, 4, 1),
    ("a: 'x\nb: it's\n", "DN018", 1, 4, 1),
    ('a:\n  - "x\n  - "y"\n', "DN018", 2, 5, 1),
    ('a: ["x]\nb: ["y"]\n', "DN018", 1, 5, 1),
    ('a: "x\nb: ""\nc: 1\n', "DN018", 1, 4, 1),
    (f'a: "x\nb: {"y" * TEXT_LIMIT}\nc: "\n', "DN018", 1, 4, 1),
    ("<<<<<<< HEAD\r\na: 1\r\n=======\r\na: 2\r\n>>>>>>> x\r\n", "DN019", 1, 1, 7),
    ("a: 1\n<<<<<<< HEAD\n>>>>>>> x\n", "DN019", 2, 1, 7),
]


@pytest.mark.parametrize(("text", "code", "line", "column", "width"), TEXTS)
def test_text_that_is_refused(text: str, code: str, line: int, column: int, width: int):
    document, findings = read_text(text, "spec.yaml")
    assert document is None
    assert [(one.code, one.span) for one in findings][:1] == [(code, Span(line, column, width))]
    assert {one.code for one in findings} == {code}
    assert all(one.help for one in findings), "what to write instead?"


def test_every_code_of_the_stage_is_shown_here():
    made = {
        codes.unreadable("x", "y").code,
        codes.too_large(1, 1, "bytes").code,
        codes.not_utf8(Span(1, 1), "x").code,
        *(code for _, code, *_ in TEXTS),
    }
    assert made == {f"DN{number:03}" for number in range(1, 20)}


def test_findings_of_one_file_come_together():
    _, findings = read_text("a: 010\nb: 1\nb: .nan\n", "spec.yaml")
    assert [(one.code, one.span and one.span.line) for one in findings] == [
        ("DN013", 1),
        ("DN012", 3),
        ("DN013", 3),
    ]


def test_a_billion_values_are_counted_and_not_made():
    _, (finding,) = read_text(BOMB, "spec.yaml")
    assert str(NODE_LIMIT) in finding.message
