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
PIN = "982374982374"
KEY = "  api_key: ssm:/acme/api-key"
LEVEL = "    log_level: warning\n"
TAGS = "tags: {Name: acme-gpu, Profile: coding}"
TITLE = "title: Acme runtime"
SOURCE = "s3://acme-models/weights"
PUBLIC = "  public_key: null"
TABLE = "secrets:\n  api_key: ssm:/acme/api-key\n  admin_api_key: ssm:/acme/admin-api-key\n"
TABLE += "  route_sync_ssh_key: ssm:/acme/route-sync-ssh-key\n"
PASTED = {
    "a list for an argument": (LEVEL, f"{LEVEL}    arguments: {{api-key: [{SECRET}]}}\n"),
    "an argument": (LEVEL, f"{LEVEL}    arguments: {{api-key: '{SECRET}'}}\n"),
    "a tag": (TAGS, f'tags: {{Name: acme-gpu, ApiKey: "{SECRET}"}}'),
    "a tag as a pair": (TAGS, f"{TAGS}\n      primary_tag: {{key: AdminPassword, value: '{SECRET}'}}"),
    "a pair that cannot be read": (
        TAGS,
        f"{TAGS}\n      primary_tag: {{value: “{SECRET}”, key: AdminPassword}}",
    ),
    "an address": (SOURCE, LOGIN),
    "an address with a slash in the password": (SOURCE, "https://joe:Tr0/ub4dor3@host/x"),
    "an address that is cut": (SOURCE, f"https://joe:{'Tr0ub4dor' * 15}@host"),
    "a repository": ("acme/coder-30b-fp8", LOGIN),
    "a bucket": (SOURCE, "s3://user:Tr0ub4dor3zebra@bucket/m"),
    "behind a YAML tag": (KEY, f'  api_key: !vault "{SECRET}"'),
    "a key twice": (KEY, f"  api_key: {SECRET}\n  api_key: {SECRET}"),
    "behind a tab": (KEY, f"\tapi_key: {SECRET}"),
    "behind a second colon": (KEY, f"  api_key: a: {SECRET}"),
    "behind a bad escape": (KEY, f'  api_key: "\\q{SECRET}"'),
    "in the place of the reference": (KEY, f"  api_key: {SECRET}"),
    "in a merge key": (KEY, f"  <<: {{api_key: {SECRET}}}"),
    "behind a key that is none": (KEY, f"  api_kye: {SECRET}\n  my_password: {SECRET}"),
    "in the place of the table": (TABLE, f"secrets: {SECRET}\n"),
    "beside the table": (TABLE, f"secrets:{SECRET}\n"),
    "a list for the table": (TABLE, f"secrets: [{SECRET}]\n"),
    "below its key": (KEY, f"  api_key: |\n    {SECRET}"),
    "with too little indentation": (KEY, f" api_key: {SECRET}"),
    "as a key": (KEY, f"  api_key: {{{SECRET}: x}}"),
    "behind an escape that does not show": (KEY, f'  api_key: "\\u200b{SECRET}"'),
    "cut without a blank": (KEY, f"  api_key:{SECRET * 8}"),
    "in a comment": (TITLE, f"{TITLE} # the password is {SECRET}"),
    "in a text": (TITLE, f"title: Authorization Bearer {SECRET}"),
    "in a text that cannot be read": (TITLE, f"title: Authorization: Bearer {SECRET}"),
}
VALUES = {
    "typographic quotes": f"“{SECRET}”",
    "an open quote": f'"{SECRET}',
    "an open typographic quote": f"“{SECRET}",
    "an alias": f"*{SECRET}",
    "an anchor": f"&{SECRET}",
    "a tag": f"!{SECRET}",
    "a percent": f"%{SECRET}",
    "an at sign": f"@{SECRET}",
    "a backtick": f"`{SECRET}`",
    "a question": f"? {SECRET}",
    "a bar": f"| {SECRET}",
    "an open brace": f"{{{SECRET}",
    "a closing bracket": f"{SECRET}]",
    "a dash": f"- {SECRET}",
    "more behind a quote": f'"{SECRET}" {SECRET}',
    "a reference and more": f"ssm:/a/{SECRET} x",
    "a comment behind a reference": f"ssm:/a/b # {SECRET}\n  bad: 1",
}
PASTED |= {f"{what} in the place of a reference": (KEY, f"  api_key: {it}") for what, it in VALUES.items()}
PASTED |= {f"{what} in a public key": (PUBLIC, f"  public_key: {it}") for what, it in VALUES.items()}
PASTED |= {
    f"behind its name and {sign!r}": (KEY, f"  api_key{sign}{SECRET}") for sign in (":", " ", "=", " = ")
}
NUMBERS = {
    "a number": f"admin-api-key: {PIN}",
    "a number for another flag": f"ssl-keyfile-password: {PIN}",
    "an underscore": f"api_key: {PIN}",
    "dashes": f"--api-key: {PIN}",
    "a number below zero": f"api-key: -{PIN}",
    "a fraction": f"ssl-keyfile-password: {PIN}.5",
    "a whole fraction": f"ssl-keyfile-password: {PIN}.0",
    "a leading zero": f"ssl-keyfile-password: 0{PIN}",
    "a flag": f"ssl-keyfile-password: '-{PIN}x'",
}
NUMBERED = {what: (LEVEL, f"{LEVEL}    arguments: {{{it}}}\n") for what, it in NUMBERS.items()}
NUMBERED["octal to some"] = (KEY, f"  api_key: 0{PIN}")
NUMBERED["octal to some, in a variable"] = ("LLM_API_KEY: api_key", f"LLM_API_KEY: 0{PIN}")
COMMANDS = [["--format", form] for form in ("text", "json", "github", "sarif")] + [["fix"]]


def said(folder: Path, text: str, command: list[str]) -> str:
    spec = folder / "runtime.yaml"
    spec.write_text(text, "utf-8")
    done = CliRunner().invoke(cli, [*command, "--spec", str(spec), "--out", str(folder / "generated")])
    assert done.exit_code == 1
    return done.output


def changed(right: str, wrong: str) -> str:
    whole = (SMALL / "runtime.yaml").read_text("utf-8")
    assert right in whole
    return whole.replace(right, wrong, 1)


@pytest.mark.parametrize("place", PASTED)
def test_a_pasted_secret_is_never_shown(place: str, tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    text = changed(*PASTED[place])
    assert SEEN in text
    for command in COMMANDS:
        assert SEEN not in said(tmp_path, text, command)


@pytest.mark.parametrize("place", NUMBERED)
def test_a_number_is_as_good_a_secret(place: str, tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    text = changed(*NUMBERED[place])
    for command in [*COMMANDS, ["fix", "--apply"]]:
        assert PIN not in said(tmp_path, text, command)
    assert f'"{PIN}' not in (tmp_path / "runtime.yaml").read_text("utf-8")


def test_what_is_no_secret_is_shown(tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    text = (SMALL / "runtime.yaml").read_text("utf-8").replace("Acme runtime", "{}", 1)
    assert "title" in said(tmp_path, text.replace("kind: roo", "kind: ub4dor"), [])
    assert SEEN in said(tmp_path, text.replace("kind: roo", "kind: ub4dor"), [])


@pytest.mark.parametrize("place", ["an argument", "in the place of the reference", "in a comment", "a tag"])
def test_whoever_pasted_one_is_asked_to_renew_it(place: str, tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    assert "renew it if it was real" in said(tmp_path, changed(*PASTED[place]), [])


def test_a_place_that_cannot_be_is_no_secret(tmp_path: Path):
    copytree(SMALL, tmp_path, dirs_exist_ok=True)
    shown = said(tmp_path, changed(KEY, "  api_key: file:/tmp/api-key"), [])
    assert "lost at the next boot" in shown and "renew" not in shown
