"""Diagnostics for programs: JSON, and annotations that no message can leave."""

from __future__ import annotations

import json
import re

import pytest

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.pretty import changes, show
from tests.compiler.pretty.findings import FINDINGS, NAME


def test_json():
    assert json.loads(show(FINDINGS, NAME, (), "json", colour=True)) == {
        "version": 1,
        "diagnostics": [
            {
                "code": "DN020",
                "severity": "error",
                "message": "`engine` has no key `prt`",
                "file": NAME,
                "path": "engine.prt",
                "line": 2,
                "column": 3,
                "width": 3,
                "reason": "a key that nothing reads",
                "help": "did you mean `port`?",
            },
            {
                "code": "DN046",
                "severity": "warning",
                "message": "waived, 100% sure: yes",
                "file": NAME,
                "path": "a[0]",
                "line": 1,
                "column": 7,
                "width": 99,
            },
            {
                "code": "DN210",
                "severity": "error",
                "message": "generated/x is stale",
                "file": "generated/x,y:z",
                "diff": "--- a/x\n+++ b/x\n-old\n+new\n",
            },
            {
                "code": "DN005",
                "severity": "error",
                "message": "the spec is empty",
                "file": NAME,
                "line": 9,
                "column": 1,
                "width": 1,
            },
        ],
    }


def test_json_of_nothing():
    assert json.loads(show((), NAME, (), "json", colour=False)) == {"version": 1, "diagnostics": []}


HEAD = "file=specs/site.yaml"
WHY = "%0Awhy: a key that nothing reads%0Ahelp: did you mean `port`?"
DIFF = "%0A--- a/x%0A+++ b/x%0A-old%0A+new%0A"


def test_annotations():
    assert show(FINDINGS, NAME, (), "github", colour=False).splitlines() == [
        f"::error {HEAD},line=2,col=3,title=DN020::`engine` has no key `prt`{WHY}",
        "::warning file=specs/site.yaml,line=1,col=7,title=DN046::waived, 100%25 sure: yes",
        f"::error file=generated/x%2Cy%3Az,title=DN210::generated/x is stale{DIFF}",
        "::error file=specs/site.yaml,line=9,col=1,title=DN005::the spec is empty",
    ]


def test_a_note_is_a_notice_and_its_places_are_named():
    found = Diagnostic(
        "DN050", "x", severity="note", related=(Related("y", span=Span(3, 4)), Related("z")), span=Span(1, 2)
    )
    assert show([found], NAME, (), "github", colour=False) == (
        f"::notice {HEAD},line=1,col=2,title=DN050::x%0Anote: y (specs/site.yaml:3:4)%0Anote: z\n"
    )


HOSTILE = ["a\n::set-output name=x::y", "a\r\nb", "%0A::error::x", "100%", "a,b:c", "::warning::", "é\n"]


@pytest.mark.parametrize("value", HOSTILE)
def test_no_text_leaves_its_annotation(value: str):
    found = Diagnostic("DN001", value, file=value, reason=value, help=value, span=Span(1, 1))
    shown = show([found], NAME, (), "github", colour=False)
    assert shown.count("\n") == 1 and "\r" not in shown
    parts = re.fullmatch(r"::error file=([^,:]*),line=1,col=1,title=DN001::(.*)\n", shown)
    assert parts is not None
    assert undo(parts[1]) == value
    assert undo(parts[2]) == f"{value}\nwhy: {value}\nhelp: {value}"


def undo(text: str) -> str:
    """As GitHub's runner does: only what it escapes itself."""
    for code, char in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        text = text.replace(code, char)
    return text


# ── What a build did


def test_few_changes_are_named():
    assert (
        changes.show("out", ["a/b", "c"], ["d"])
        == "wrote   a/b\nwrote   c\nremoved d\nout: 2 written, 1 removed"
    )


def test_no_change():
    assert changes.show("out", [], []) == "out is up to date"


def test_many_changes_are_counted_by_place():
    written = [f"hosts/a/root/{n}" for n in range(15)] + ["manifest.json"]
    removed = [f"hosts/beta/root/{n}" for n in range(5)] + ["docs/x", "clients/c/x"]
    assert changes.show("out", written, removed).splitlines() == [
        "clients/c         0 written     1 removed",
        "docs              0 written     1 removed",
        "hosts/a          15 written     0 removed",
        "hosts/beta        0 written     5 removed",
        "manifest.json     1 written     0 removed",
        "out: 16 written, 7 removed",
    ]
