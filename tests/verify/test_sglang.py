"""The engine's launch words are judged as they stand in launch.json, each fault at its line of the spec."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compiler.diagnostics import Diagnostic
from compiler.process import Done
from compiler.verify import tools
from compiler.verify.check import Unable
from targets.sglang.checks import parser
from targets.sglang.checks.launch import Launch
from targets.sglang.checks.words import Judge, taken_apart
from targets.sglang.flags import table
from tests.verify.planting import Change, verified

LAUNCH = "hosts/gpu-worker/root/etc/desineuron/launch.json"
FLAGS = Path(__file__).parents[2] / "targets/sglang/flags"
FIELD = "serving.coding"
PLANTED: list[tuple[Change, str, str]] = [
    # what a target or template would do, part of the message, the field of the spec that its line comes from
    (('"--tp-size"', '"--tp"'), "another name of `--tensor-parallel-size`", "tp_size"),
    (('"--context-length"', '"--contextlength"'), "there is no flag `--contextlength`", "context_length"),
    (('"131072"', '"128KB"'), "a whole number, or one like 128Ki", "context_length"),
    (('"16"', '"sixteen"'), "`max-running-requests` takes a whole number", "max_running_requests"),
    (('"0.88"', '"0,88"'), "`mem-fraction-static` takes a number", "mem_fraction_static"),
    (('"flashinfer"', '"flashinfr"'), 'cannot be "flashinfr"', "features.attention_backend"),
    (('"qwen3_coder"', '"qwen3-coder"'), 'cannot be "qwen3-coder"', "tool_call_parser"),
    (('"--page-size"', '"--pp-size"'), "`--pp-size` sets again what `--pp-size` has set", "page_size"),
    (('"--enable-metrics"', '"--enable-metric"'), "is the beginning of 2 flags", "enable_metrics"),
    (('"--log-level"', '"--admin-api-key"'), "shows a secret to every user", "log_level"),
    (('"--dist-init-addr"', '"--port"'), "added at start, from `port`", "dist_init.address"),
    (('"no_buffer"', '"no_buffer", "extra_buffer"'), "takes 1 value", "mamba_scheduler_strategy"),
    (('"warning"', '"None"'), "nothing to a person", "log_level"),
]
# Free texts in the spec, which no rule can know to be wrong.
IN_THE_SPEC = [('chat-template: ""', "an empty text"), ("chat-template: 'None'", "`None` is nothing")]
BEFORE = (
    "    log_level: warning\n    discovery:\n      source: ec2\n      tags: {Name: acme-gpu, Profile: coding}"
)


def where(found: Diagnostic) -> str:
    return ".".join(map(str, found.path))


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_the_words_of_every_worker_are_taken(spec: str):
    assert verified(only=["sglang-arguments"], spec=spec) == []


@pytest.mark.parametrize(("change", "part", "field"), PLANTED, ids=[one[2] + one[0][1] for one in PLANTED])
def test_a_planted_fault_is_found_at_its_line_of_the_spec(change: Change, part: str, field: str):
    (found,) = verified(only=["sglang-arguments"], outputs={LAUNCH: change})
    assert found.code == "DN430" and part in found.message
    assert where(found) == f"{FIELD}.{field}" and found.span is not None
    assert LAUNCH in found.reason


@pytest.mark.parametrize(("argument", "part"), IN_THE_SPEC)
def test_a_fault_of_the_spec_is_found_at_its_line(argument: str, part: str):
    first, _, rest = BEFORE.partition("\n")
    change = (BEFORE, f"{first}\n    arguments: {{{argument}}}\n{rest}")
    (found,) = verified(only=["sglang-arguments"], spec="small", changes=[change])
    assert found.code == "DN430" and part in found.message
    assert where(found) == f"{FIELD}.arguments.chat-template"


def test_the_directory_that_is_served_is_the_one_that_is_waited_for():
    change = ('FP8",\n    "--served', 'BF16",\n    "--served')
    (found,) = verified(only=["sglang-arguments"], outputs={LAUNCH: change})
    assert "another directory is waited for" in found.message


@pytest.mark.parametrize(
    ("text", "part"), [("[", "no list of `arguments`"), ('{"arguments": [1]}', "no list of texts")]
)
def test_a_file_without_words_is_a_fault(text: str, part: str):
    whole = verified_text()
    (found,) = verified(only=["sglang-arguments"], outputs={LAUNCH: (whole, text)})
    assert part in found.message


def verified_text() -> str:
    return (Path(__file__).parents[2] / "generated" / LAUNCH).read_text("utf-8")


def said(*words: str, version: str = "0.5.10.post1") -> list[str]:
    flags = table(version)
    assert flags is not None
    return [one.message for one in Judge(Launch("x", words, "/m"), flags).found()]


MODEL = ("--model-path", "/m")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ((), "`--model-path` is missing"),
        (("stray", *MODEL), "`stray` stands before any flag"),
        ((*MODEL, "-x"), "there is no flag `-x`"),
        ((*MODEL, "--tp-size"), "`--tp-size` has no value"),
        ((*MODEL, "--tp-size", "--enable-metrics"), "`--tp-size` has no value"),
        (
            (*MODEL, "--enable-metrics", "true"),
            "`true` belongs to no flag: `--enable-metrics` takes no value",
        ),
        ((*MODEL, "--tp-size=four"), "takes a whole number"),
        ((*MODEL, "--tp-size", "4", "--tensor-parallel-size", "4"), "sets again what `--tp-size`"),
        ((*MODEL, "--cuda-graph-bs"), "`--cuda-graph-bs` has no value"),
        ((*MODEL, "--cuda-graph-bs", "1", "two"), "takes a whole number"),
        ((*MODEL, "--served-model-name", "a:b"), "has a colon"),
        ((*MODEL, "--stream-output"), "is deprecated"),
        ((*MODEL, "--preferred-sampling-params", "{'a': 1}"), "JSON as a text"),
        ((*MODEL, "--mem-fraction-static", "nan"), "takes a number"),
    ],
)
def test_what_argparse_would_refuse_or_misread_is_said(words: tuple[str, ...], part: str):
    (message,) = said(*words)
    assert part in message


@pytest.mark.parametrize(
    "words",
    [
        (*MODEL, "--tp-size=4"),
        (*MODEL, "--cuda-graph-bs", "1", "2", "4"),
        (*MODEL, "--context-length", "128Ki"),
        (*MODEL, "--custom-weight-loader"),
        (*MODEL, "--model-checksum"),
        (*MODEL, "--chunked-prefill-size", "-1"),
        (*MODEL, "--chat-template", "- a text"),
    ],
)
def test_what_argparse_takes_as_it_is_meant_passes(words: tuple[str, ...]):
    assert said(*words) == []


def test_words_are_taken_apart_as_argparse_does():
    uses, strays = taken_apart(("a", "--b", "-1", "- c", "--d=e", "-"))
    assert [(one.name, one.values, one.joined) for one in uses] == [("--b", (2, 3), None), ("--d", (5,), "e")]
    assert strays == [0]


# ── The engine's own parser

ENGINE = """
import argparse, json, pathlib

class ServerArgs:
    @staticmethod
    def add_cli_args(parser):
        for flag in json.loads(pathlib.Path({table!r}).read_text())["flags"]:
            names = [flag["name"], *flag.get("aliases", ())]
            kinds = {{"int": int, "float": float}}
            if flag["type"] == "switch":
                parser.add_argument(*names, dest=flag["dest"], action="store_true")
            else:
                more = {{name: flag[name] for name in ("nargs", "choices", "required") if name in flag}}
                parser.add_argument(*names, dest=flag["dest"], type=kinds.get(flag["type"], str), **more)
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An environment with an engine whose parser is made from a table: argparse itself, without torch."""
    home = tmp_path / "sglang/srt"
    home.mkdir(parents=True)
    for package in (home.parent, home):
        (package / "__init__.py").touch()
    (home / "server_args.py").write_text(ENGINE.format(table=str(FLAGS / "0.5.10.post1.json")))
    about = tmp_path / "sglang-0.5.10.post1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: sglang\nVersion: 0.5.10.post1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    tools._distribution.cache_clear()
    yield
    tools._distribution.cache_clear()


BY_THE_PARSER: list[tuple[Change, str, str]] = [
    (
        ('"--context-length"', '"--contextlength"'),
        "unrecognized arguments: --contextlength",
        "context_length",
    ),
    (('"16"', '"sixteen"'), "invalid int value: 'sixteen'", "max_running_requests"),
    (('"0.88"', '"0,88"'), "invalid float value: '0,88'", "mem_fraction_static"),
    (('"flashinfer"', '"flashinfr"'), "invalid choice: 'flashinfr'", "features.attention_backend"),
    (('"qwen3_coder"', '"qwen3-coder"'), "invalid choice: 'qwen3-coder'", "tool_call_parser"),
    (('"--enable-metrics"', '"--enable-metric"'), "ambiguous option", "enable_metrics"),
]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("spec", ["book", "small"])
def test_the_parser_takes_the_words(spec: str):
    assert verified(only=["sglang-parser"], spec=spec) == []


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(("change", "part", "field"), BY_THE_PARSER, ids=[one[2] for one in BY_THE_PARSER])
def test_what_the_parser_says_is_shown_at_its_line_of_the_spec(change: Change, part: str, field: str):
    (found,) = verified(only=["sglang-parser"], outputs={LAUNCH: change})
    assert found.code == "DN431" and part in found.message
    assert where(found) == f"{FIELD}.{field}"


@pytest.mark.usefixtures("engine")
def test_another_release_is_not_asked():
    with pytest.raises(AssertionError, match=r"is installed, and the spec pins 0\.5\.13"):
        verified(only=["sglang-parser"], spec="nordlys")


def test_an_engine_that_cannot_be_imported_says_nothing_of_the_words():
    with pytest.raises(Unable, match="cannot be imported: No module named 'torch'"):
        list(parser.complaints(Launch("x"), Done(1, "", "Traceback\nNo module named 'torch'\n")))


def test_without_the_extra_nothing_is_missing():
    absent = tools.Tools(absent=frozenset({"python:sglang"}))
    assert verified(only=["sglang-parser"], tools=absent, require_tools=True) == []
