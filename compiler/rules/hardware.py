"""Machines: a profile uses what its workers have (truth book, section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.rules.others import of_all
from compiler.spec.hosts import Gpu, GpuWorker, Instance
from compiler.spec.published import count_of, memory_of
from compiler.spec.runtime import Runtime
from compiler.spec.units import Size

# A data sheet's gigabytes may be written as GiB, which is seven percent more.
_TOLERANCE = 0.1


def _types(runtime: Runtime) -> Iterator[tuple[str, Instance]]:
    yield from sorted(runtime.hardware.instances.items())


def count_is_published(_: Runtime, key: str, instance: Instance) -> Iterator[Finding]:
    """A known machine type has as many GPUs as its maker says."""
    there = count_of(key)
    if there is not None and instance.count != there:
        yield Finding(
            ("hardware", "instances", key, "count"),
            f"a {key} has {there} GPU{'' if there == 1 else 's'}, and not {instance.count} (AWS's list of its"
            " accelerated instances)",
            f"write {there}, or name the type that has {instance.count}",
        )


def _gpus(runtime: Runtime) -> Iterator[tuple[str, Gpu]]:
    yield from sorted(runtime.hardware.gpus.items())


def memory_is_published(_: Runtime, key: str, gpu: Gpu) -> Iterator[Finding]:
    """A known GPU has about the memory that its maker says."""
    sizes = [Size(one * 10**9) for one in memory_of(gpu.name)]
    if sizes and all(abs(gpu.memory.bytes - one.bytes) > _TOLERANCE * one.bytes for one in sizes):
        known = " or ".join(map(str, sizes))
        yield Finding(
            ("hardware", "gpus", key, "memory"),
            f"the {gpu.name} has {known}, and not {gpu.memory} (NVIDIA's data sheet)",
            f"write {sizes[0]}; or waive this, and say which part of a GPU this is",
            related=(Related("its name", ("hardware", "gpus", key, "name")),),
        )


def one_python(runtime: Runtime, name: str, worker: GpuWorker) -> Iterator[Finding]:
    """Workers that install the engine from one lock have one Python."""
    pythons = list(of_all(runtime.described_workers(), lambda one: one.python))
    usual = Counter(python for _, python in pythons).most_common(1)[0][0]
    if worker.python != usual:
        other = next(other for other, python in pythons if python == usual)
        yield Finding(
            ("hosts", name, "python"),
            f"`{name}` has Python {worker.python}, and `{other}` {usual}, and one lock serves both",
            f"bring the host to {usual}, or waive this where the lock holds both Pythons' wheels",
            related=(
                Related(f"`{other}`", ("hosts", other, "python")),
                Related("the lock", ("engine", "lock")),
            ),
        )


RULES = (
    Rule(
        "DN073",
        each(Runtime.described_workers, one_python),
        "compiled wheels are of one Python, and pip refuses what the lock has no hash of (facts: sglang)",
        waivable=True,
    ),
    Rule(
        "DN131",
        each(_gpus, memory_is_published),
        "whether a model fits is reckoned with this figure, and a wrong one ends in a crash under load "
        "(truth book, section 3)",
        waivable=True,
    ),
    Rule(
        "DN132",
        each(_types, count_is_published),
        "the machine is bought by its type, and the engine is started for as many GPUs as are written "
        "(truth book, section 3)",
    ),
)
