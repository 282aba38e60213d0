"""The engine's own answers to drawn profiles, and the lines of its source that are cited for each correction.

`resolved/` holds what its `ServerArgs` made of them, run with stubs for the GPU and a model's configuration
alone.
"""

from __future__ import annotations

import ast
import inspect
import json
import re
from pathlib import Path
from typing import Any

import pytest

import targets.sglang.effective
from targets.sglang.coercion import attention, batches, hybrid
from targets.sglang.effective import VERSIONS, Profile, effective
from tools import engine_flags
from tools.wheel_constants import Wheel

RESOLVED = Path(__file__).parent / "resolved"
# The engine's own names of what it changes.
ASSIGNED = (
    *("disable_overlap_schedule", "disable_radix_cache", "page_size", "chunked_prefill_size"),
    *("attention_backend", "prefill_attention_backend", "decode_attention_backend"),
    *("enable_mixed_chunk", "mamba_scheduler_strategy", "enable_hierarchical_cache"),
)


def answers(version: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((RESOLVED / f"{version}.json").read_text(encoding="utf-8"))
    return found


def met(version: str) -> set[str]:
    """The lines that the drawn profiles meet."""
    found = [effective(version, Profile(**case["profile"])) for case in answers(version)]
    changes = {change.source for one in found if one for change in one.changes}
    return changes | {refusal.source for one in found if one for refusal in one.refusals}


def cited(version: str) -> set[str]:
    """Every line that the corrections name, whether or not a profile meets it."""
    found = set()
    for module in (attention, batches, hybrid, targets.sglang.effective):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in {"server", "at"}
            ):
                found.add(eval(ast.unparse(node), vars(module))[version])
    return found - {""}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_engine_gives_the_same_answer(version: str):
    for case in answers(version):
        found = effective(version, Profile(**case["profile"]))
        assert found is not None
        if "refused" in case["engine"]:
            assert case["engine"]["refused"] in [refusal.source for refusal in found.refusals], case
        else:
            assert {name: getattr(found, name) for name in case["engine"]} == case["engine"], case
            asked = [refusal for refusal in found.refusals if refusal.source.startswith("srt/server_args")]
            assert asked == [], case


@pytest.mark.parametrize("version", VERSIONS)
def test_the_answers_are_of_every_kind(version: str):
    engine = [case["engine"] for case in answers(version)]
    assert len(engine) > 80 and sum("refused" in one for one in engine) > 25
    for name in ("overlap_scheduling", "prefix_cache", "mixed_chunk"):
        assert {one[name] for one in engine if name in one} == {True, False}
    assert len(met(version)) > 45 and met(version) <= cited(version)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_each_cited_line_does_what_is_said(version: str, tmp_path: Path):
    wheel = Wheel(engine_flags.download(version, tmp_path))
    done = rf"\.({'|'.join(ASSIGNED)}) = |\b(raise|assert)\b"
    for source in cited(version):
        path, number = source.rsplit(":", 1)
        line = wheel.text(f"sglang/{path}").splitlines()[int(number) - 1]
        assert re.search(done, line), (source, line)
