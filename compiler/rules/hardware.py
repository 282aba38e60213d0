"""Machines: a profile uses what its workers have (truth book, section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.rules.others import of_all
from compiler.spec.hosts import GpuWorker
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def all_gpus_are_used(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Tensor × pipeline × data parallel is the number of GPUs of each worker."""
    used = serving.tp_size * serving.pp_size * serving.dp_size
    for name in serving.workers:
        worker = runtime.worker(name)
        there = runtime.instance(worker).count
        if used != there:
            yield Finding(
                ("serving", key, "tp_size"),
                f"`{key}` uses {used} GPUs (tp × pp × dp), and `{name}` ({worker.instance}) has {there}",
                f"write {there}" if serving.pp_size == serving.dp_size == 1 else f"make the product {there}",
                related=(
                    Related(f"{worker.instance} has {there}", (*_instance(worker), "count")),
                    Related(f"`{name}` is one", ("hosts", name, "instance")),
                ),
            )


def _instance(worker: GpuWorker) -> SpecPath:
    return ("hardware", "instances", worker.instance)


def one_python(runtime: Runtime, name: str, worker: GpuWorker) -> Iterator[Finding]:
    """Workers that install the engine from one lock have one Python."""
    pythons = list(of_all(runtime.workers(), lambda one: one.python))
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
        "DN050",
        each(Runtime.profiles, all_gpus_are_used),
        "the engine does not start with more, and fewer lie idle (truth book, section 3)",
    ),
    Rule(
        "DN073",
        each(Runtime.workers, one_python),
        "compiled wheels are of one Python, and pip refuses what the lock has no hash of (facts: sglang)",
        waivable=True,
    ),
)
