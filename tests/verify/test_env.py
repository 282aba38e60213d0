"""python-dotenv and systemd read environment files alike, and as they were meant."""

from __future__ import annotations

import pytest

from compiler.verify.consumers.systemd_env import read
from tests.verify.conftest import Wants
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

ENGINE = "hosts/gpu-worker/root/etc/desineuron/sglang.env"
BACKEND, ORACLE = "clients/backend/backend.env", "clients/oracle/oracle-runtime.env"
MODEL = "SGLANG_MODEL=qwen3.6-35b-a3b"
SERVED = "served_name: qwen3.6-35b-a3b"
CUDA = "cuda: /usr/local/cuda"

FAULTS = [
    Fault(BACKEND, MODEL, 'SGLANG_MODEL="qwen3.6\\d35b"', "systemd reads SGLANG_MODEL as 'qwen3.6", SERVED),
    Fault(BACKEND, MODEL, "SGLANG_MODEL=${NONE}x", "python-dotenv reads SGLANG_MODEL as 'x', not", SERVED),
    Fault(BACKEND, "SGLANG_MODEL=", "export SGLANG_MODEL=", "systemd reads no variable SGLANG_MODEL", SERVED),
    Fault(ORACLE, MODEL, f"{MODEL} # c", "systemd reads SGLANG_MODEL as 'qwen3.6-35b-a3b # c'", SERVED),
    Fault(BACKEND, MODEL, f"{MODEL}\\", "systemd reads SGLANG_MODEL as", SERVED),
    Fault(ENGINE, "\n", "\nX='a\n", "systemd reads a variable X, which nobody meant", CUDA),
    Fault(ENGINE, "CUDA_HOME=", "CUDA-HOME=", "reads no variable CUDA_HOME", CUDA),
]

# What systemd makes of a text (systemd.exec(5), and its own test-env-file.c).
READ = [
    ("A=a\n#x\n;y\nB=b", {"A": "a", "B": "b"}),
    ("A=  a b  \n", {"A": "a b"}),
    ("A='a b ' c\n", {"A": "a b c"}),
    ('A="a\\"b\\\\c\\$d\\`e\\f"\n', {"A": 'a"b\\c$d`e\\f'}),
    ('A="a\nb"\n', {"A": "a\nb"}),
    ('A="a\\\nb"\n', {"A": "ab"}),
    ("A=a\\\nb\n", {"A": "ab"}),
    ("A=a\\ \n", {"A": "a "}),
    ("A=a\"b'c\n", {"A": "a\"b'c"}),
    ("A B=c\n1A=c\nexport C=d\n", {}),
    ("A=\nB=''\nC\n", {"A": "", "B": ""}),
    ("A=$HOME\n", {"A": "$HOME"}),
    ("# a\\\nb\nA=1\n", {"A": "1"}),
    ("A=1\nA=2", {"A": "2"}),
]


@pytest.fixture(autouse=True)
def tools(wants: Wants):
    wants("python:python-dotenv")


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_file_is_read_alike(spec: str):
    assert verified(only=["env"], spec=spec) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_a_variable_that_is_read_otherwise_is_told(fault: Fault):
    assert_told(fault, "env", "DN440")


@pytest.mark.parametrize(("text", "expected"), READ, ids=[repr(text) for text, _ in READ])
def test_systemd_reads(text: str, expected: dict[str, str]):
    assert read(text) == expected


def test_what_follows_a_quote_that_is_not_closed_is_told_once():
    found = verified(only=["env"], outputs={ENGINE: ("\n", "\nX='a\n")})
    assert len(found) == 2
