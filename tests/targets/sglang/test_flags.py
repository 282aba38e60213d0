"""The tables of launch arguments: complete, in order, and what is known of single flags."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from targets.sglang import flags
from targets.sglang.flags import Flag, having, lookup, spellings, table, versions

FOLDER = Path(flags.__file__).parent
OLD, NEW, LATER = "0.5.10.post1", "0.5.13.post1", "0.5.23"


def of(version: str, name: str) -> Flag:
    flag = lookup(version, name)
    assert flag is not None, name
    return flag


def raw(version: str) -> str:
    return (FOLDER / f"{version}.json").read_text(encoding="utf-8")


def test_versions_are_in_the_order_of_their_release():
    assert versions() == (OLD, NEW, LATER)


@pytest.mark.parametrize(
    ("older", "newer"), [("0.5.9", "0.5.10rc1"), ("0.5.10rc1", "0.5.10"), ("0.5.10", "0.5.10.post1")]
)
def test_a_version_is_more_than_its_text(older: str, newer: str):
    assert flags._age(older) < flags._age(newer)


def test_a_table_under_a_wrong_name_is_refused():
    with pytest.raises(ValueError, match="not named for a version"):
        flags._age("latest")


def test_a_version_without_a_table_is_not_known():
    assert table("0.5.11") is None
    assert lookup("0.5.11", "--port") is None


# The engine's own parser, asked once for each version, has 354, 406 and 531 flags beside --help.
@pytest.mark.parametrize(("version", "count"), [(OLD, 354), (NEW, 406), (LATER, 531)])
def test_no_flag_is_missing(version: str, count: int):
    found = table(version)
    assert found is not None and len(found) == count == json.loads(raw(version))["declared"]


@pytest.mark.parametrize("version", versions())
def test_a_table_is_one_flag_a_line_by_name(version: str):
    names = re.findall(r'^{"name": "(--[a-z0-9-]+)"', raw(version), flags=re.MULTILINE)
    assert names == sorted(set(names)) and len(names) == json.loads(raw(version))["declared"]


@pytest.mark.parametrize("version", versions())
def test_no_spelling_belongs_to_two_flags(version: str):
    found = table(version) or {}
    others = [spelling for spelling, _ in spellings(found)]
    assert len({*found, *others}) == len(found) + len(others)


@pytest.mark.parametrize("version", versions())
def test_everything_of_every_flag_was_read(version: str):
    assert [flag.name for flag in (table(version) or {}).values() if flag.unread] == []


@pytest.mark.parametrize("version", versions())
def test_a_default_is_a_value_that_the_flag_takes(version: str):
    for flag in (table(version) or {}).values():
        if flag.default is not None and flag.choices is not None and flag.type != "switch":
            assert flag.deprecated or flag.default in flag.choices, flag


def test_what_is_known_of_some_flags():
    assert of(OLD, "--model-path") == Flag(
        "--model-path", "model_path", "str", aliases=("--model",), required=True
    )
    tensor = Flag("--tensor-parallel-size", "tensor_parallel_size", "int", 1, aliases=("--tp-size",))
    assert of(OLD, "tensor-parallel-size") == tensor
    assert of(OLD, "--context-length").type == "human int"
    assert of(OLD, "--mm-process-config").type == "json"
    assert of(OLD, "--forward-hooks").type == "json list"
    assert of(OLD, "--enable-metrics") == Flag("--enable-metrics", "enable_metrics", "switch", False)
    assert of(OLD, "--cuda-graph-bs").nargs == "+"
    assert of(OLD, "--experts-shared-outer-loras").negation == "--no-experts-shared-outer-loras"
    assert of(OLD, "--log-requests-level").choices == (0, 1, 2, 3)


def test_choices_that_the_engine_computes_are_there():
    """From the keys of a dictionary in another file, an enumeration, and two lists added up."""
    assert {"qwen3", "glm45"} <= set(of(OLD, "--reasoning-parser").choices or ())
    assert of(NEW, "--kv-canary-real-data").choices == ("none", "partial", "all")
    assert "unquant" in (of(OLD, "--speculative-draft-model-quantization").choices or ())
    assert of(LATER, "--cuda-graph-backend-decode").choices == ("full", "breakable", "disabled")


def test_what_changed_between_the_versions():
    strategy = "--mamba-scheduler-strategy"
    assert of(OLD, strategy).choices == ("auto", "no_buffer", "extra_buffer")
    assert of(NEW, strategy).choices == ("auto", "no_buffer", "extra_buffer", "extra_buffer_lazy")
    assert having(strategy) == (OLD, NEW)
    assert having("enable-double-sparsity") == (OLD,) and having("--no-such-flag") == ()


def test_a_deprecated_flag_says_what_to_do():
    old = of(OLD, "--stream-output")
    assert old.deprecated == "Use --incremental-streaming-output instead."
    assert old.instead == "--incremental-streaming-output"
    assert of(OLD, "--prefill-round-robin-balance").deprecated == "It does nothing any more."
    assert of(OLD, "--enable-metrics").deprecated is None


def test_only_a_full_name_is_looked_up():
    assert [lookup(OLD, name) for name in ("--tp-size", "--tp", "tp-size", "--Port", "port ")] == [None] * 5
    assert lookup(OLD, "port") is lookup(OLD, "--port") is not None


def test_a_flag_that_opens_something_is_secret():
    found = {
        flag.name for version in versions() for flag in (table(version) or {}).values() if flag.is_secret
    }
    assert found == {"--api-key", "--admin-api-key", "--ssl-keyfile-password"}


@pytest.mark.parametrize("version", [OLD, NEW])
def test_the_arguments_of_typed_fields_are_known(version: str):
    """Each flag that targets/sglang/arguments.py writes by itself, and its planted neighbour is not."""
    found = table(version) or {}
    known = {*found, *(spelling for spelling, _ in spellings(found))}
    written = set(
        re.findall(r'"(--[a-z][a-z-]+)"', (FOLDER.parent / "arguments.py").read_text(encoding="utf-8"))
    )
    assert len(written) > 10 and written <= known
    assert f"{min(written)}-x" not in known


def test_a_record_cannot_be_changed():
    with pytest.raises(AttributeError):
        of(OLD, "--port").default = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        table(OLD)["--x"] = of(OLD, "--port")  # type: ignore[index]
