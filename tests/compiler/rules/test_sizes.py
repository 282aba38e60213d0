"""What the name of a repository, of a GPU and of a machine type tells, and what it does not."""

from __future__ import annotations

import pytest

from compiler.rules.rounded import up
from compiler.rules.sizes import parameters
from compiler.spec.published import count_of, memory_of
from compiler.spec.units import Duration

NAMES = {
    "acme/coder-30b-fp8": 30e9,
    "acme/Coder3.6-35B-A3B-FP8": 35e9,
    "acme/mix-8x7B-v0.1": 56e9,
    "acme/tiny-0.5B": 0.5e9,
    "acme/tiny-350M": 350e6,
    "acme/coder-AWQ-4bit": None,
    "acme-70b/coder": None,
    "acme/coder-v3.1": None,
    "acme/coder-0B": None,
}


@pytest.mark.parametrize("name", NAMES)
def test_the_parameters_in_a_name(name: str):
    assert parameters(name) == NAMES[name]


def test_the_memory_of_a_gpu_by_its_name():
    assert memory_of("NVIDIA L4") == (24,) and memory_of("Tesla T4") == (16,)
    assert memory_of("NVIDIA A100-SXM4-80GB") == (80,) and memory_of("NVIDIA A100-PCIE-40GB") == (40,)
    assert memory_of("NVIDIA H100 80GB HBM3") == (80,)
    assert memory_of("NVIDIA L40S") == (48,) and memory_of("NVIDIA L4000") == ()


def test_the_gpus_of_a_machine_by_its_type():
    assert [count_of(f"g5.{size}") for size in ("xlarge", "12xlarge", "16xlarge", "48xlarge")] == [1, 4, 1, 8]
    assert count_of("g5") is count_of("g5.huge") is count_of("own.large") is None


def test_times_are_rounded_up_as_people_write_them():
    times = {"90s": "90s", "119500ms": "2m", "2535s": "43m", "121s": "3m", "1441m": "25h", "1ms": "1s"}
    assert {text: str(up(Duration.parse(text))) for text in times} == times
