"""What is said of missing keys can be pasted without harm: an invented mapping stands nowhere."""

from __future__ import annotations

import pytest

from compiler.spec.lacking import OPEN
from tests.compiler.spec.edited import add, drop, findings, only, text, write

BLOCKS = {
    "proxy.tls": "tls: {certificates: …, acme_webroot: …, hsts: …, session_timeout: …}",
    "proxy.limits": "limits: {requests_per_second: …, burst: …, connections: …}",
    "legacy": "legacy: {providers: …, model_ids: …}",
    "secrets": "secrets: {api_key: …, admin_api_key: …, route_sync_ssh_key: …}",
    "hosts.edge.ssh": "ssh: {address: …, port: …, sources: …}",
    "clients.editor.temperature": "temperature: {low: …, high: …, chosen: …}",
    "public.routes": "routes: {…: …}",
    "clients.service.variables": "variables: {…: …}",
}
VALUES = [
    ("secrets.api_key", "add `api_key:`, for example ssm:/acme/api-key\n"),
    ("secrets.admin_api_key", "add `admin_api_key:`, for example ssm:/acme/admin-api-key\n"),
    ("models.coder.manifest", "add `manifest: null`, as long as there is none\nThe list of files"),
    ("route_sync.public_key", "add `public_key: null`, as long as there is none\n"),
    ("serving.coding.features.prefix_cache", "as in `serving.talking.features`: prefix_cache: true\n"),
    ("hosts.gpu-1.os", "as in `hosts.gpu-2`: os: ubuntu-22.04\n"),
    ("clients.editor.kind", "add `kind:`; kinds are\n  roo: a settings file for Roo Code"),
]


@pytest.mark.parametrize(("at", "line"), BLOCKS.items(), ids=BLOCKS)
def test_a_missing_block_is_shown_by_its_keys_alone(at: str, line: str):
    (said,) = [one.help for one in findings(drop(at)) if one.code == "DN021"]
    assert line in said.split("\n") and said.endswith("`git diff` shows what was taken out")


@pytest.mark.parametrize(("at", "line"), BLOCKS.items(), ids=BLOCKS)
def test_what_is_pasted_as_it_is_never_compiles(at: str, line: str):
    wrong = findings(write(at, line.partition(": ")[2]))
    assert not [one.code for one in wrong if one.code == "DN021"], "every key is named"
    assert {one.code for one in wrong} & {"DN023", "DN024"}


def test_the_sign_for_what_is_to_be_written_is_no_text():
    assert only(write("title", OPEN)).code == "DN023"
    assert findings(write("title", f"Acme {OPEN}")) == ()


@pytest.mark.parametrize(("at", "said"), VALUES)
def test_a_missing_value_is_shown_as_it_may_be(at: str, said: str):
    (found,) = [one for one in findings(drop(at)) if one.code == "DN021"]
    assert said in found.help


def test_a_feature_that_no_other_profile_shows_is_on():
    (found,) = [
        one
        for one in findings(drop("serving.talking"), drop("serving.coding.features.prefix_cache"))
        if one.code == "DN021"
    ]
    assert found.help.startswith("add `prefix_cache:`, for example true")


def test_nobody_is_shown_a_route_that_is_open_as_an_example():
    changes = [write("public.routes.talk.access", "open"), drop("public.routes.code.access")]
    (found,) = [one for one in findings(*changes) if one.code == "DN021"]
    assert "add `access:`, for example bearer\n" in found.help


NOTES = [
    ("because", "why"),
    ("reason", "why"),
    ("note", "why"),
    ("comment", "why"),
    ("description", "why"),
    ("todo", "assumed"),
    ("assumption", "assumed"),
]


@pytest.mark.parametrize(("word", "meant"), NOTES)
@pytest.mark.parametrize("at", ["watchdog", "secrets", "clients.service"])
def test_notes_under_another_word(at: str, word: str, meant: str):
    found = only({"at": at, "add": f"{word}: so it was decided"})
    assert (found.code, found.help, found.secret) == ("DN020", f"did you mean `{meant}`?", False)


@pytest.mark.parametrize(
    "note", ["why:", "why: #1 of the plan", "why: {}", "assumed: ~", "waive:", "waive: {}"]
)
def test_an_empty_note_is_refused_at_its_key(note: str):
    change = add("watchdog", note)
    found = only(change)
    assert (found.code, found.on_key, found.path) == ("DN027", True, ("watchdog", note.partition(":")[0]))
    assert "take " in found.help and note in text(change)


def test_a_note_of_another_kind_is_said_once():
    assert [one.code for one in findings({"at": "watchdog", "add": "why: 3"})] == ["DN023"]
    assert [one.code for one in findings({"at": "watchdog", "add": 'why: ""'})] == ["DN023"]
