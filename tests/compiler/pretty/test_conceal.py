"""No secret that was pasted into a spec is shown, and no ordinary word is blotted out."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Diagnostic, Edit, Span
from compiler.pretty import show
from compiler.pretty.conceal import conceal, conceal_from, concealed
from compiler.pretty.pasted import BLOT, hidden_from

TOKENS = [
    "sk-live-4f9a8b7c6d5e4f3a2b1c",
    "ghp_16C7e42F292c6912E7710c838347Ae178B4a",
    "AKIAIOSFODNN7EXAMPLE0123",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c",
]
WORDS = [
    "install_gpu_sglang_runtime.sh",
    "locks/sglang-0.5.10.post1-cp310-linux-x86_64.txt",
    "E=256,N=128,device_name=NVIDIA_L4",
    "https://llm.example.org/v1/chat/completions",
    "Qwen3.5-122B-A10B-NVFP4",
    "overlap_scheduling",
]


@pytest.mark.parametrize("token", TOKENS)
def test_what_has_the_shape_of_a_token_is_blotted_out(token: str):
    assert conceal(f"`title`: {token!r} is not wanted") == f"`title`: '{BLOT}' is not wanted"


@pytest.mark.parametrize("word", WORDS)
def test_an_ordinary_word_is_not(word: str):
    assert conceal(word) == word


def test_what_follows_a_column_is_blotted_out():
    assert conceal_from("  api_key: hunter2", 12) == f"  api_key: {BLOT}"


@pytest.mark.parametrize("form", ["text", "json", "github"])
@pytest.mark.parametrize("secret", [True, False])
def test_no_form_shows_a_pasted_token(form, secret: bool):
    lines = [f"  api_key: {TOKENS[0]}"]
    found = Diagnostic(
        "DN023", f"{TOKENS[0]!r} is wrong", span=Span(1, 12, 30), help=TOKENS[1], secret=secret
    )
    shown = show([found], "spec.yaml", lines, form, colour=False)
    assert not any(token in shown for token in TOKENS) and "DN023" in shown


def test_a_short_secret_is_hidden_by_its_place():
    found = Diagnostic("DN023", "what is written here is wrong", span=Span(1, 12, 7), secret=True)
    shown = show([found], "spec.yaml", ["  api_key: hunter2"], "text", colour=False)
    assert "hunter2" not in shown and BLOT in shown


HIDDEN = {
    "  api_key: hunter2": 12,
    "  api_key:hunter2": 11,
    "  api_key hunter2": 11,
    "  - {model: x, hf-token: hunter2}": 26,
    "secrets: hunter2": 10,
    "public_key: @hunter2": 13,
    "  api_key: ssm:/acme/key # hunter2": 26,
    "  api_key: ssm:/acme/key hunter2": 12,
    "  tag: {key: AdminPassword, value: hunter2}": 36,
}


@pytest.mark.parametrize("line", HIDDEN)
def test_a_line_is_shown_up_to_the_secret(line: str):
    assert hidden_from([], [line]) == {1: HIDDEN[line]}


@pytest.mark.parametrize(
    "line",
    [
        "  api_key: ssm:/acme/key",
        "  admin_api_key: 'file:/etc/acme/key'",
        "secrets: {api_key: ssm:/acme/key, admin_api_key: ssm:/acme/admin}",
        "secrets:",
        "  LLM_API_KEY: api_key",
        "public_key: null",
        "  max-total-tokens: 200000",
        "  tag: {key: Role, value: primary}",
    ],
)
def test_a_line_without_one_is_shown(line: str):
    assert hidden_from([], [line]) == {}


def test_what_stands_below_a_secret_s_name_is_hidden():
    assert hidden_from([], ["api_key: |", "  hunter2", "", "title: x"]) == {2: 1, 3: 1}


@pytest.mark.parametrize(
    "said", ["write hunter22", 'write "Hunter22" instead', "is it `hunter-22`?", "hunter22hunter22"]
)
def test_no_form_of_a_pasted_word_is_repeated(said: str):
    lines = ["  api_key: hunter22"]
    for line in (1, 9):
        (found,) = concealed([Diagnostic("DN006", said, span=Span(line, 1), help=said)], lines)
        assert "unter" not in found.message + found.help and BLOT in found.message


def test_a_plain_word_is_blotted_out_on_its_line_only():
    lines = ["  password: letmein", "  title: letmein"]
    here, there = concealed(
        [Diagnostic("DN006", "letmein letmeinn", span=Span(line, 3)) for line in (1, 2)], lines
    )
    assert here.message == f"{BLOT} letmeinn" and there.message == "letmein letmeinn"


def test_an_edit_at_a_hidden_place_is_not_offered():
    edits = (Edit(("api_key",), '"x"', span=Span(1, 12)),)
    found = Diagnostic("DN023", "no", span=Span(1, 12), edits=edits)
    assert concealed([found], ["  api_key: hunter2"])[0].edits == ()
    assert concealed([found], ["  api_kind: hunter2"])[0].edits == edits


def test_renewal_is_asked_for_on_the_first_line_of_the_help_and_once():
    found = Diagnostic("DN023", "no", span=Span(1, 12), help="a\nb", secret=True)
    (shown,) = concealed([found], ["  api_key: hunter2"])
    assert shown.help == "a; renew it if it was real\nb"
    assert concealed([shown], ["  api_key: hunter2"])[0].help == shown.help
    assert concealed([found], ["  api_key: ssm:/tmp"])[0].help == found.help
