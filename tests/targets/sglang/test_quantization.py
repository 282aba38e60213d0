"""The least GPU for each way of storing weights."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from compiler.spec.models import Quantization
from targets.sglang.effective import VERSIONS
from targets.sglang.quantization import _TABLE, Support, support
from tools import engine_flags
from tools.wheel_constants import Wheel

OLD, NEW = VERSIONS


def of(version: str, quantization: str) -> Support:
    found = support(version, quantization)
    assert found is not None
    return found


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("quantization", get_args(Quantization))
def test_every_quantization_of_the_spec_is_known(version: str, quantization: str):
    found = of(version, quantization)
    assert 75 <= found.minimum <= found.native <= 100


@pytest.mark.parametrize(
    ("quantization", "minimum", "native"),
    [
        ("none", 75, 80),
        ("fp8", 80, 89),
        ("awq", 75, 80),
        ("awq_marlin", 80, 80),
        ("gptq", 75, 80),
        ("mxfp4", 80, 100),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_gpu_must_be(version: str, quantization: str, minimum: int, native: int):
    found = of(version, quantization)
    assert (found.minimum, found.native) == (minimum, native)


def test_nvfp4_was_for_blackwell_alone_until_it_was_unpacked_on_others():
    assert (of(OLD, "nvfp4").minimum, of(OLD, "nvfp4").native) == (100, 100)
    assert (of(NEW, "nvfp4").minimum, of(NEW, "nvfp4").native) == (80, 100)
    assert of(NEW, "nvfp4") == of(NEW, "modelopt_fp4")


def test_what_nobody_read_is_not_known():
    assert support("0.5.23", "fp8") is None
    assert support(NEW, "bitsandbytes") is None


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_each_cited_line_says_the_number(version: str, tmp_path: Path):
    wheel = Wheel(engine_flags.download(version, tmp_path))
    for name, found in _TABLE[version].items():
        for source in (found.minimum_source, found.native_source):
            path, number = source.rsplit(":", 1)
            line = wheel.text(f"sglang/{path}").splitlines()[int(number) - 1]
            assert re.search(r"\b(75|80|89|100|sm75|sm80|sm100|10, 0|is_sm100_supported)\b", line), (
                name,
                source,
                line,
            )
