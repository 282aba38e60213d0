"""SARIF: valid by its schema, every place and edit in it, and fingerprints that survive a moved line."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compiler.diagnostics import Diagnostic, Edit, Related, Span
from compiler.pretty import as_sarif, show
from tests.compiler.material import document
from tests.compiler.pretty.findings import FINDINGS, LINES, NAME

SCHEMA = json.loads((Path(__file__).parent / "sarif" / "sarif-2.1.0-rtm.5.json").read_text("utf-8"))
TEXT = "engine:\n  # of ours\n  prt: 'no'\n  port: 2\nold: [a, b]\n"
RICH = Diagnostic(
    "DN020",
    "no key `prt`",
    path=("engine", "prt"),
    on_key=True,
    related=(Related("the key that is meant", ("engine", "port")),),
    edits=(Edit(("engine", "prt"), "yes"), Edit(("old",), None)),
    severity="note",
)


def sarif(*findings: Diagnostic, lines: Any = LINES, name: str = NAME, **more: Any) -> dict[str, Any]:
    """The one run of a document that the schema accepts."""
    made = json.loads(show(findings, name, lines, "sarif", colour=False, **more))
    jsonschema.Draft4Validator(SCHEMA).validate(made)
    assert made["version"] == "2.1.0" and len(made["runs"]) == 1
    return made["runs"][0]


def rich(text: str = TEXT) -> dict[str, Any]:
    made = document(text)
    found = made.locate(RICH)
    found = replace(found, related=(*found.related, Related("in no place at all")))
    return sarif(found, lines=made.lines, name=made.name)


def test_the_schema_refuses_what_is_wrong():
    made = json.loads(show(FINDINGS, NAME, LINES, "sarif", colour=False))
    made["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(SCHEMA).validate(made)


def test_nothing_to_say_is_a_run_without_results():
    run = sarif()
    assert run["results"] == [] and run["invocations"] == [{"executionSuccessful": True}]
    assert run["tool"]["driver"]["name"] == "dncompile" and run["columnKind"] == "unicodeCodePoints"


def test_rules_and_levels():
    run = sarif(*FINDINGS, titles={"DN020": "every key is known"})
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["DN005", "DN020", "DN046", "DN210"]
    assert rules[1] == {
        "id": "DN020",
        "shortDescription": {"text": "every key is known"},
        "fullDescription": {"text": "a key that nothing reads"},
        "help": {"text": "did you mean `port`?"},
        "defaultConfiguration": {"level": "error"},
    }
    assert [(one["ruleId"], rules[one["ruleIndex"]]["id"], one["level"]) for one in run["results"]] == [
        ("DN020", "DN020", "error"),
        ("DN046", "DN046", "warning"),
        ("DN210", "DN210", "error"),
        ("DN005", "DN005", "error"),
    ]


def test_places():
    first, second, stale, empty = (one["locations"][0] for one in sarif(*FINDINGS)["results"])
    spec = {"uri": "specs/site.yaml", "uriBaseId": "%SRCROOT%"}
    assert first["physicalLocation"] == {
        "artifactLocation": spec,
        "region": {"startLine": 2, "startColumn": 3, "endColumn": 6},
    }
    assert first["logicalLocations"] == [{"fullyQualifiedName": "engine.prt"}]
    assert second["physicalLocation"]["region"]["endColumn"] == len(LINES[0]) + 1
    assert stale == {
        "physicalLocation": {
            "artifactLocation": {"uri": "generated/x%2Cy%3Az", "uriBaseId": "%SRCROOT%"},
        }
    }
    assert empty["physicalLocation"]["region"] == {"startLine": 9, "startColumn": 1, "endColumn": 2}


def test_no_place_at_all_and_an_impossible_one():
    nowhere, impossible = sarif(Diagnostic("DN101", "x"), Diagnostic("DN101", "x", span=Span(0, 0)))[
        "results"
    ]
    assert "locations" not in nowhere
    assert "region" not in impossible["locations"][0]["physicalLocation"]


def test_related_places_and_fixes():
    (result,) = rich()["results"]
    here, nowhere = result["relatedLocations"]
    assert here["physicalLocation"]["region"] == {"startLine": 4, "startColumn": 9, "endColumn": 10}
    assert here["message"]["text"] == "the key that is meant" and "physicalLocation" not in nowhere
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 8, "endLine": 3, "endColumn": 12},
            "insertedContent": {"text": "'yes'"},
        },
        {"deletedRegion": {"startLine": 5, "startColumn": 1, "endLine": 6, "endColumn": 1}},
    ]


def test_an_edit_that_cannot_be_made_is_not_offered():
    (result,) = rich(TEXT.replace("prt: 'no'", "prt: &no 'no'\n  more: *no"))["results"]
    assert "fixes" not in result and "relatedLocations" in result


def test_json_has_the_same_edits():
    made = document(TEXT)
    shown = json.loads(show([made.locate(RICH)], made.name, made.lines, "json", colour=False))
    (found,) = shown["diagnostics"]
    place = {"path": "engine.prt", "line": 3, "column": 8, "end_line": 3, "end_column": 12, "width": 4}
    assert found["edits"] == [
        {**place, "text": "'yes'"},
        {"path": "old", "line": 5, "column": 1, "end_line": 6, "end_column": 1, "text": ""},
    ]
    assert found["related"] == [
        {"message": "the key that is meant", "path": "engine.port", "line": 4, "column": 9, "width": 1},
    ]


def test_fingerprints_stay_when_lines_move_and_differ_between_findings():
    marks = [one["partialFingerprints"]["findingHash/v1"] for one in sarif(*FINDINGS, *FINDINGS)["results"]]
    assert len(set(marks)) == len(marks)
    moved = replace(FINDINGS[0], span=Span(4, 7, 3), message="said in other words")
    assert sarif(moved)["results"][0]["partialFingerprints"]["findingHash/v1"] == marks[0]
    other = replace(FINDINGS[0], path=("engine", "prot"))
    assert sarif(other)["results"][0]["partialFingerprints"]["findingHash/v1"] not in marks


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("specs/a b#?%ü.yaml", "specs/a%20b%23%3F%25%C3%BC.yaml"),
        ("./specs//x.yaml", "specs/x.yaml"),
        ("a:b\\c.yaml", "a%3Ab%5Cc.yaml"),
        ("/site/specs/x.yaml", "specs/x.yaml"),
        ("/other/my spec.yaml", "file:///other/my%20spec.yaml"),
        ("../up.yaml", "file:///up.yaml"),
        ("specs/\udcff.yaml", "specs/%FF.yaml"),
    ],
)
def test_names_as_uris(name: str, uri: str):
    found = Diagnostic("DN001", "x", file=name)
    shown = as_sarif.show([found], "x", (), root=Path("/site"))
    place = json.loads(shown)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
    assert ("uriBaseId" in place["artifactLocation"]) == (not uri.startswith("file:"))


def test_a_fault_of_the_compiler_is_no_result():
    run = sarif(Diagnostic("DN900", "the compiler failed"), FINDINGS[0])
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    (said,) = invocation["toolExecutionNotifications"]
    assert said["descriptor"] == {"id": "DN900"} and said["message"]["text"] == "the compiler failed"
    assert [one["ruleId"] for one in run["results"]] == ["DN020"]


TOKEN = "hf_0123456789abcdefABCDEF"


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_no_secret_anywhere(form):
    made = document(f"key: {TOKEN}\n{TOKEN}: 1\nshort: hunter2 # hunter2\n")
    findings = [
        Diagnostic("DN040", TOKEN, ("key",), reason=TOKEN, help=TOKEN, detail=f"-{TOKEN}\n"),
        Diagnostic("DN041", "x", (TOKEN,), related=(Related(TOKEN, ("key",)), Related("x", ("short",)))),
        Diagnostic("DN042", "x", ("key",), edits=(Edit(("key",), f"'{TOKEN}x'"),)),
        Diagnostic("DN043", "x", ("short",), secret=True, edits=(Edit(("short",), "hunter2"),)),
        Diagnostic("DN044", "x", ("short",), on_key=True),
    ]
    shown = show([made.locate(one) for one in findings], made.name, made.lines, form, colour=False)
    assert "DN044" in shown and TOKEN[3:] not in shown and "hunter2" not in shown
    assert "mends" not in shown and '"edits"' not in shown and '"fixes"' not in shown
