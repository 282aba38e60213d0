"""What is said of an argument that the pinned parser would not take, or would take for something else."""

from __future__ import annotations

import pytest

from targets.sglang.flags import Flag, Scalar, dashed, table
from targets.sglang.flags.judge import Problem, judge_name, judge_value

VERSION = "0.5.13.post1"
FLAGS = table(VERSION) or {}


def judge(name: str, value: Scalar) -> Problem | None:
    return judge_name(FLAGS, name) or judge_value(FLAGS[dashed(name)], value)


def problem(name: str, value: object) -> Problem:
    found = judge(name, value)  # type: ignore[arg-type]
    assert found is not None, (name, value)
    return found


FINE = [
    ("chunked-prefill-size", 2048),
    ("chunked-prefill-size", -1),
    ("--chunked-prefill-size", 2048),
    ("context-length", 131072),
    ("context-length", "128Ki"),
    ("context-length", "25.6k"),
    ("watchdog-timeout", 300),
    ("watchdog-timeout", 0.5),
    ("enable-mixed-chunk", True),
    ("enable-mixed-chunk", False),
    ("lora-strict-loading", False),
    ("attention-backend", "triton"),
    ("max-lora-chunk-size", 16),
    ("cuda-graph-bs", 8),
    ("warmups", "one two"),
    ("tokenizer-path", "-a b"),
    ("tokenizer-path", "-1"),
    ("mm-process-config", '{"image": {}}'),
    ("forward-hooks", "[]"),
    ("tool-call-parser", "glm"),
]


@pytest.mark.parametrize(("name", "value"), FINE)
def test_what_the_parser_takes_is_fine(name: str, value: object):
    assert judge(name, value) is None  # type: ignore[arg-type]


NAMES = [
    # given, kind, written instead, is it certain
    ("tp", "abbreviation", "tensor-parallel-size", True),
    ("tp-size", "alias", "tensor-parallel-size", True),
    ("--tp-size", "alias", "--tensor-parallel-size", True),
    ("no-lora-strict-loading", "alias", "lora-strict-loading", False),
    ("chunked_prefill_size", "unknown", "chunked-prefill-size", True),
    ("Chunked-Prefill-Size", "unknown", "chunked-prefill-size", True),
    ("chuncked-prefill-size", "unknown", "chunked-prefill-size", False),
    ("nvidia", "unknown", None, False),
    ("chunked-pre", "abbreviation", "chunked-prefill-size", True),
    ("enable", "abbreviation", None, False),
    ("stream-output", "deprecated", "incremental-streaming-output", True),
    ("nsa-decode-backend", "deprecated", "dsa-decode-backend", True),
    ("hybrid-kvcache-ratio", "deprecated", "swa-full-tokens-ratio", False),  # a switch before, a number now
    ("prefill-round-robin-balance", "deprecated", None, False),
]


@pytest.mark.parametrize(("name", "kind", "instead", "certain"), NAMES)
def test_a_name_that_is_not_in_full(name: str, kind: str, instead: str | None, certain: bool):
    found = problem(name, True)
    assert (found.kind, found.name, found.certain) == (kind, instead, certain)
    assert name in found.message and (instead is None or instead in found.help)


def test_a_flag_of_another_version_is_said_to_be_one():
    found = problem("enable-double-sparsity", True)
    assert found.message == "there is no flag `enable-double-sparsity` in this version; 0.5.10.post1 has it"
    assert found.help == "take it away, or pin a version that has it"


def test_a_beginning_is_said_to_be_that_of_the_name_that_it_begins():
    assert "the beginning of `tp-size`, another name of `tensor-parallel-size`" in problem("tp", 2).message


def test_a_name_that_is_only_near_is_another_thing():
    found = problem("max-batch-tokens", 4096)
    assert found.name is None and found.help.endswith("`max-total-tokens`, another thing perhaps")
    assert problem("max-totl-tokens", 4096).help == "did you mean `max-total-tokens`?"


VALUES = [
    # flag, value, kind, written instead
    ("chunked-prefill-size", "2048", "type", 2048),
    ("chunked-prefill-size", 2048.0, "type", 2048),
    ("chunked-prefill-size", 0.5, "type", None),
    ("chunked-prefill-size", True, "type", None),
    ("chunked-prefill-size", None, "type", None),
    ("chunked-prefill-size", "010", "type", None),
    ("context-length", "128K", "type", None),
    ("context-length", "1.5Ki", "type", None),
    ("context-length", "131072 ", "type", None),
    ("watchdog-timeout", "long", "type", None),
    ("watchdog-timeout", "0.5", "type", 0.5),
    ("watchdog-timeout", float("nan"), "type", None),
    ("watchdog-timeout", False, "type", None),
    ("enable-mixed-chunk", "True", "type", True),
    ("enable-mixed-chunk", 1, "type", None),
    ("enable-mixed-chunk", "yes", "type", None),
    ("served-model-name", 7, "type", "7"),
    ("served-model-name", None, "type", None),
    ("attention-backend", 3, "type", None),
    ("tokenizer-path", "--x", "type", None),
    ("mm-process-config", "{", "type", None),
    ("mm-process-config", "[" * 100_000, "type", None),
    ("mm-process-config", 1, "type", None),
    ("forward-hooks", "{}", "type", None),
    ("attention-backend", "flashinfr", "choice", "flashinfer"),
    ("attention-backend", "Triton", "choice", "triton"),
    ("attention-backend", "vllm", "choice", None),
    ("max-lora-chunk-size", 17, "choice", None),
    ("tool-call-parser", "glm45", "outdated", "glm"),
]


@pytest.mark.parametrize(("name", "value", "kind", "instead"), VALUES)
def test_a_value_that_is_not_the_flags(name: str, value: object, kind: str, instead: object):
    found = problem(name, value)
    assert (found.kind, found.value) == (kind, instead)
    assert name in found.message and found.help


def test_a_message_says_what_stands_there_and_what_to_write():
    assert problem("chunked-prefill-size", "2048") == Problem(
        "type",
        '`chunked-prefill-size` takes a whole number, not the text "2048"',
        "write 2048",
        None,
        2048,
        True,
    )
    assert problem("watchdog-timeout", "long").help == "write a number; the default is 300"
    assert problem("max-lora-chunk-size", 17).help == "write one of 16, 32, 64, 128"


@pytest.mark.parametrize("value", [12345, "-k12345", None, True])
def test_no_message_shows_a_key(value: object):
    found = problem("api-key", value)
    assert "12345" not in found.message + found.help


def test_choices_that_are_not_known_refuse_nothing():
    flag = Flag("--x", "x", "str", choices=None, unread=("choices",))
    assert judge_value(flag, "anything") is None


def test_what_the_engine_reads_itself_is_only_held_to_be_there():
    flag = Flag("--x", "x", "custom")
    assert judge_value(flag, "full") is judge_value(flag, 3) is None
    assert judge_value(flag, None) is not None


@pytest.mark.parametrize("flag", FLAGS.values(), ids=lambda flag: flag.word)
def test_every_flags_own_default_is_fine(flag: Flag):
    told = flag.default is not None and not isinstance(flag.default, tuple)
    if told and (
        flag.type == "switch" or not isinstance(flag.default, bool)
    ):  # one text has False as default
        assert judge_value(flag, flag.default) is None  # type: ignore[arg-type]
