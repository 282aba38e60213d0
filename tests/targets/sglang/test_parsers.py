"""Which of a release's parsers a model's names point at."""

from __future__ import annotations

import pytest

from targets.sglang.flags import table
from targets.sglang.rules.parsers import alike, beginnings
from tests.compiler.material import runtime

FLAGS = table("0.5.10.post1") or {}
THOUGHTS = tuple(map(str, FLAGS["--reasoning-parser"].choices or ()))
TOOLS = tuple(map(str, FLAGS["--tool-call-parser"].choices or ()))


def model(repository: str, family: str):
    return runtime().models["gpt-oss"].model_copy(update={"repository": repository, "family": family})


@pytest.mark.parametrize(
    ("repository", "family", "thoughts"),
    [
        ("acme/GLM-4.5-Air-FP8", "Air", {"glm45"}),
        ("openai/gpt-oss-120b", "An open one", {"gpt-oss"}),
        ("acme/Step3.5-Flash", "x", {"step3"}),
        ("gpt-oss/coder-30b", "Coder 30B", set()),
        ("acme/private", "Kimi K2", {"kimi", "kimi_k2"}),
    ],
)
def test_a_name_begins_with_that_of_a_parser(repository: str, family: str, thoughts: set[str]):
    assert set(beginnings(THOUGHTS, model(repository, family))) == thoughts


def test_parsers_of_the_same_family_are_proposed():
    assert alike(TOOLS, model("acme/GLM-5", "x")) == ("glm", "glm45", "glm47")
    assert alike(TOOLS, model("acme/Coder-30B", "Coder")) == ()
