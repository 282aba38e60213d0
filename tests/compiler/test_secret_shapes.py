"""What is taken for a secret: keys of every kind that is handed out, and nothing that a spec is full of."""

from __future__ import annotations

import random
import string
import time

import pytest

from compiler.secret_shapes import (
    is_digest,
    is_secret,
    may_be_secrets_in,
    may_hold_secret,
    names_secret,
    secrets_in,
)
from tests.compiler.material import SPEC, TRUTH_BOOK

DRAWN = random.Random(7)  # the same texts in each run
ALPHABET = string.ascii_letters + string.digits


def drawn(length: int, of: str = ALPHABET) -> str:
    return "".join(DRAWN.choice(of) for _ in range(length))


SECRETS = [
    f"sk-proj-{drawn(30)}1",
    f"hf_{drawn(34, string.ascii_letters)}",
    f"ghp_{drawn(36)}",
    f"xoxb-{drawn(24, string.digits)}",
    "AKIA" + drawn(16, string.ascii_uppercase),
    f"eyJhbGciOiJIUzI1NiJ9.eyJ{drawn(20)}.{drawn(20)}",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "https://bot:hunter2@git.example.org/specs",
    "the admin password: hunter22secret",
    "run it with api-key=abcd1234",
    "the password is Sommer2026!",
    "the api key is 4fd1a8c03b77",
    "Authorization: Bearer Sommer2026abc",
    f"AWS_SECRET_ACCESS_KEY={drawn(40)}",
    "https://joe:hun/ter2@host.example.org/x",
    f"ssm:/acme/inference/llm/{drawn(39)}7",
    drawn(48, "0123456789abcdef"),
    f"started with {drawn(64, '0123456789abcdef')} by hand",
]
HARMLESS = [
    "acme/coder-30b-a3b-instruct-fp8",
    "DeepSeekR1DistillQwen32BInstructGPTQ",
    "E=129,N=176,device_name=NVIDIA_H100_80GB_HBM3,dtype=fp8_w8a8,block_shape=[128, 128].json",
    "locks/engine-0.5.10.post1-cp310-linux-x86_64.txt",
    "i-0a1b2c3d4e5f67890",
    "123e4567-e89b-12d3-a456-426614174000",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKeyOfTheControlPlane00000000000000000000000 edge@acme",
    f"config.json at commit {drawn(40, '0123456789abcdef')}",
    f"https://hub.example.org/acme/coder/blob/{drawn(40, '0123456789abcdef')}/config.json",
    f"sha256:{drawn(64, '0123456789abcdef')}",
    "token: ssm:/acme/inference/key-2026",
    "api_key: file:/srv/vault/users-2026",
    "the token variable is LLM_API_TOKEN",
    "the token is LLM_TOKEN_2, from the vault",
    "api_key is bearer",
    "the key is renewed yearly",
    "bearer tokens since 0.5.10.post1",
    "the api key is ssm:/acme/api-key-2026",
    "the password is sha256:0123456789012345678901234567890123456789012345678901234567890123",
    "https://host.example.org:8080/a@b",
    "hf-internal-testing/tiny-random-2b",
    "13107200000000000000000000000000000000000",
    "HunYuanMoEV1ForCausalLM and Glm4MoeForCausalLMNextN",
    "models/Qwen3-Coder-480B-A35B-Instruct-W8A8-FP8/snapshots",
    "nvmlDeviceGetHandleByPciBusId_v2",
    "SHA256:uNiVztksCsDhcc0u9e8BrwQXVUpKZIDTMczCvj3tD2s",
    "sha256-IJMom0TciWYBeJtzw5cl0vHkP3BB7sAj86jCHKEdmZA=",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_known(text: str):
    assert is_secret(text)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_spec_is_full_of_is_no_secret(text: str):
    assert not is_secret(text)


@pytest.mark.parametrize("spec", [SPEC, TRUTH_BOOK], ids=["second", "first"])
def test_no_line_of_a_spec_is_taken_for_one(spec):
    assert [line for line in spec.read_text("utf-8").splitlines() if is_secret(line)] == []


@pytest.mark.parametrize(
    ("length", "of", "known"),
    [(20, ALPHABET, 0.8), (32, ALPHABET, 0.95), (40, ALPHABET + "/+", 0.95), (43, ALPHABET + "-_", 0.96)],
    ids=["20", "32", "an AWS secret", "token_urlsafe"],
)
def test_most_random_texts_are_known(length: int, of: str, known: float):
    texts = [drawn(length, of) for _ in range(1000)]
    assert sum(map(is_secret, texts)) > known * len(texts)
    assert sum([*may_be_secrets_in(f"x {text} y")] == [(2, 2 + length)] for text in texts) > 0.95 * len(texts)


def test_every_long_hexadecimal_text_is_known():
    assert all(is_secret(drawn(48, "0123456789abcdef")) for _ in range(500))


@pytest.mark.parametrize("name", ["api-key", "hf-token", "HfToken", "APIKey", "DB_PASSWORD", "credentials"])
def test_a_name_of_a_secret(name: str):
    assert names_secret(name)


@pytest.mark.parametrize(
    "name", ["max-total-tokens", "speculative-token-map", "Key", "tokenizer-path", "-", ""]
)
def test_a_name_of_something_else(name: str):
    assert not names_secret(name)


@pytest.mark.parametrize(
    "piece",
    [
        "sk-",
        "eyJ",
        "-eyJaaaaaaaa",
        "token:aaaaaaa",
        "sha256:",
        "://a:",
        "-----BEGIN ",
        "@0",
        "token ",
        "token is ",
        "token is a1",
        "bearer a1",
        "://a:b/",
        "a1",
        "a",
        "ssh-",
    ],
)
def test_long_texts_take_time_in_proportion(piece: str):
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    is_secret(text)
    list(may_be_secrets_in(text))
    assert time.process_time() - started < 2


@pytest.mark.parametrize("name", ["bucket-time-to-first-token", "max-total-tokens", "kv-key"])
def test_a_model_s_tokens_and_keys_are_no_secrets(name: str):
    assert not names_secret(name)


@pytest.mark.parametrize("name", ["hf-token", "api_key", "route_sync_ssh_key", "secret-access-key"])
def test_what_opens_something_is_known_by_its_name(name: str):
    assert names_secret(name)


def test_only_a_hash_under_a_name_for_hashes_is_one():
    commit = "5f0b02c75b57c5855da9ae460ce51323ea669d8a"
    assert is_digest("revision", commit)
    assert not is_digest("note", commit) and not is_digest("revision", commit.upper())


@pytest.mark.parametrize("name", ["secrets", "public_key", "api-key"])
def test_beside_what_a_secret_may_be_pasted(name: str):
    assert may_hold_secret(name) and not may_hold_secret(f"{name}-path")


def test_a_secret_is_taken_whole():
    text = "the password is Sommer2026!/andmore, they say"
    assert [text[start:end] for start, end in secrets_in(text)] == ["password is Sommer2026!/andmore,"]
    assert [text[start:end] for start, end in may_be_secrets_in(text)] == ["Sommer2026!/andmore,"]


@pytest.mark.parametrize("folder", ["ssm:/acme/llm/", "file:/srv/vault/", "s3://acme-models/weights/"])
def test_what_was_drawn_is_known_at_the_end_of_a_path(folder: str):
    assert sum(is_secret(folder + drawn(40)) for _ in range(500)) > 0.95 * 500
