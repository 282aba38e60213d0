"""`dncompile rules` in every form: for a person, and for programs as the document that they read."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from compiler.cli import cli
from tests.compiler.material import ROOT
from tests.fragments import PAGES

SARIF = json.loads((ROOT / "tests/compiler/pretty/sarif/sarif-2.1.0-rtm.5.json").read_text("utf-8"))


def rules(*words: str) -> Result:
    return CliRunner().invoke(cli, ["rules", *words])


def test_json_is_a_list_of_all_codes():
    done = rules("--format", "json")
    codes = json.loads(done.stdout)["codes"]
    assert done.exit_code == 0 and [one["code"] for one in codes] == sorted(PAGES)
    (one,) = json.loads(rules("dn091", "--format", "json").stdout)["codes"]
    assert one["title"] == PAGES["DN091"].title and one["wrong"] and one["right"]


def test_json_leaves_out_what_a_page_has_not():
    codes = json.loads(rules("--format", "json").stdout)["codes"]
    assert not [one["code"] for one in codes if None in one.values()]
    assert {one["code"] for one in codes if "wrong" not in one} == {
        code for code, page in PAGES.items() if page.wrong is None
    }
    taken = {one["code"]: one["wrong_without"] for one in codes if "wrong_without" in one}
    assert taken["DN308"] == ["models.coder.memory"]


@pytest.mark.parametrize("word", ["DN024", "dn024", "dn24", "24", "024", "DN-24", "dn 24"])
def test_a_code_may_be_written_short(word: str):
    done = rules(word)
    assert done.exit_code == 0 and done.stdout.startswith("DN024 (error): ")


@pytest.mark.parametrize(
    ("word", "near"),
    [("DN249", "DN049"), ("DN482", "DN082"), ("waiver", "DN091"), ("DN0244", "lists all")],
)
def test_a_code_that_is_none_brings_those_that_may_be_meant(word: str, near: str):
    done = rules(word)
    assert done.exit_code == 1 and f"there is no code {word}" in done.stdout and near in done.stdout


def test_what_is_taken_away_shows_in_the_example():
    shown = rules("DN308").stdout
    wrong, right = shown.split("wrong:")[1].split("right:")
    assert "# with no `models.coder.memory` at all" in wrong and "with no" not in right


def test_sarif_is_a_log_of_rules_without_results():
    done = rules("--format", "sarif")
    log = json.loads(done.stdout)
    jsonschema.Draft4Validator(SARIF).validate(log)
    (run,) = log["runs"]
    assert done.exit_code == 0 and log["version"] == "2.1.0" and run["results"] == []
    known = {one["id"]: one for one in run["tool"]["driver"]["rules"]}
    assert [*known] == sorted(PAGES)
    for code, page in PAGES.items():
        assert known[code]["shortDescription"]["text"] == page.title and code in known[code]["help"]["text"]
        assert known[code]["defaultConfiguration"]["level"] == (page.rule.severity if page.rule else "error")


def test_sarif_of_one_code():
    (run,) = json.loads(rules("DN091", "--format", "sarif").stdout)["runs"]
    assert [one["id"] for one in run["tool"]["driver"]["rules"]] == ["DN091"]


@pytest.mark.parametrize("words", [["--format", "github"], ["DN091", "--format", "github"]])
def test_annotations_of_rules_are_a_wrong_call(words: list[str]):
    for given in (["rules", *words], [*words[-2:], "rules", *words[:-2]]):
        done = CliRunner().invoke(cli, given)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "write text, json or sarif" in done.stderr


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_no_such_code_in_the_form_that_was_asked_for(form: str):
    done = rules("DN999", "--format", form)
    assert done.exit_code == 1 and "DN221" in done.stdout
    if form == "sarif":
        jsonschema.Draft4Validator(SARIF).validate(json.loads(done.stdout))


def test_the_way_to_mend_a_stale_schema_names_the_spec(tmp_path: Path):
    spec = tmp_path / "a b" / "x.yaml"
    done = CliRunner().invoke(cli, ["schema", "--check", "--spec", str(spec)])
    assert done.exit_code == 1 and f"run dncompile schema --spec '{spec}'" in done.stdout
