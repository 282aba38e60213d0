"""A secret that was pasted into a spec, wherever, is on no screen and in no log, in no form and no edit."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import pytest
from click.testing import CliRunner

from compiler.cli import cli
from tests import cases

SMALL = cases.folder_of("small")
SECRET = "Tr0ub4dor&3zebra"
LOGIN = "https://user:Tr0ub4dor3zebra@x.org/m"
SEEN = "ub4dor"
KEY = "  api_key: ssm:/acme/api-key"
LEVEL = "    log_level: warning\n"
TAGS = "tags: {Name: acme-gpu, Profile: coding}"
PASTED = {
    "a list for an argument": (LEVEL, f"{LEVEL}    arguments: {{api-key: [{SECRET}]}}\n"),
    "an argument": (LEVEL, f"{LEVEL}    arguments: {{api-key: '{SECRET}'}}\n"),
    "a tag": (TAGS, f'tags: {{Name: acme-gpu, ApiKey: "{SECRET}"}}'),
    "an address": ("s3://acme-models/weights", LOGIN),
    "a repository": ("acme/coder-30b-fp8", LOGIN),
    "a bucket": ("s3://acme-models/weights", "s3://user:Tr0ub4dor3zebra@bucket/m"),
    "behind a YAML tag": (KEY, f'  api_key: !vault "{SECRET}"'),
    "a key twice": (KEY, f"  api_key: {SECRET}\n  api_key: {SECRET}"),
    "behind a tab": (KEY, f"\tapi_key: {SECRET}"),
    "behind an at sign": (KEY, f"  api_key: @{SECRET}"),
    "behind a second colon": (KEY, f"  api_key: a: {SECRET}"),
    "behind a bad escape": (KEY, f'  api_key: "\\q{SECRET}"'),
    "in the place of the reference": (KEY, f"  api_key: {SECRET}"),
    "in a merge key": (KEY, f"  <<: {{api_key: {SECRET}}}"),
    "behind a key that is none": (KEY, f"  api_kye: {SECRET}\n  my_password: {SECRET}"),
}
COMMANDS = [["--format", form] for form in ("text", "json", "github", "sarif")] + [["fix"]]


def said(folder: Path, text: str, command: list[str]) -> str:
    spec = folder / "runtime.yaml"
    spec.write_text(text, "utf-8")
    done = CliRunner().invoke(cli, [*command, "--spec", str(spec), "--out", str(folder / "generated")])
    assert done.exit_code == 1
    return done.output


@pytest.mark.parametrize("place", PASTED)
def test_a_pasted_secret_is_never_shown(place: str, tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    right, wrong = PASTED[place]
    text = (SMALL / "runtime.yaml").read_text("utf-8").replace(right, wrong, 1)
    assert SEEN in text
    for command in COMMANDS:
        assert SEEN not in said(tmp_path, text, command)


def test_what_is_no_secret_is_shown(tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    text = (SMALL / "runtime.yaml").read_text("utf-8").replace("Acme runtime", "{}", 1)
    assert "title" in said(tmp_path, text.replace("kind: roo", "kind: ub4dor"), [])
    assert SEEN in said(tmp_path, text.replace("kind: roo", "kind: ub4dor"), [])
