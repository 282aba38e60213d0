"""No secret that was pasted into a spec is shown, and no ordinary word is blotted out."""

from __future__ import annotations

import pytest

from compiler.diagnostics import Diagnostic, Span
from compiler.pretty import show
from compiler.pretty.conceal import BLOT, conceal, conceal_from

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
