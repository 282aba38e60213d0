"""How many GPUs a profile takes: the engine's own count, data parallel attention included (section 3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.hosts import GpuWorker
from compiler.spec.path import SpecPath
from compiler.spec.published import count_of
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from compiler.spec.unknown import Unknown
from targets.sglang.rules.effective import on_each_gpu

_SIZES = frozenset(f"{kind}-parallel-size" for kind in ("tensor", "pipeline", "data"))


def all_gpus_are_used(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Tensor × pipeline × data parallel is the number of GPUs of each worker."""
    used = used_by(runtime, serving)
    machines: set[str] = set()
    said = False
    for name in serving.workers:
        worker = runtime.worker(name)
        if worker.instance in machines:
            continue
        machines.add(worker.instance)
        there = runtime.instance(worker).count
        if used == there or _is_refuted(runtime, worker.instance):
            continue
        alike = _profiles_on(runtime, worker.instance)
        if len(alike) > 1 and set(alike.values()) == {used}:
            yield from _wrong_count(worker, key, used, there, alike)
        elif not said:
            said = True
            yield Finding(
                ("serving", key, "tp_size"),
                f"`{key}` uses {used} GPUs ({_product(serving)}), and `{name}` ({worker.instance}) has"
                f" {there}",
                _to_write(serving, there),
                related=(
                    Related(f"{worker.instance} has {there}", (*_instance(worker), "count")),
                    Related(f"`{name}` is one", ("hosts", name, "instance")),
                ),
            )


def used_by(runtime: Runtime, serving: Serving) -> int:
    """GPUs of one engine by its typed fields; where nobody has read the release, each replica has its own."""
    found = next((real.gpus for _, real in on_each_gpu(runtime, serving)), None)
    by_arguments = not _SIZES.isdisjoint(serving.arguments)  # another rule refuses these
    return found if found and not by_arguments else serving.tp_size * serving.pp_size * serving.dp_size


def _product(serving: Serving) -> str:
    """How the number comes about: replicas with data parallel attention share the tensor parallel ones."""
    return "tp × pp" if serving.arguments.get("enable-dp-attention") is True else "tp × pp × dp"


def _to_write(serving: Serving, there: int) -> str:
    shared = serving.arguments.get("enable-dp-attention") is True
    alone = serving.pp_size == 1 and (shared or serving.dp_size == 1)
    return f"write {there}" if alone else f"make the product {there}"


def _instance(worker: GpuWorker) -> SpecPath:
    return ("hardware", "instances", worker.instance)


def _is_refuted(runtime: Runtime, instance: str) -> bool:
    """Whether another rule says that the machine's own number is wrong."""
    return count_of(instance) not in (None, runtime.hardware.instances[instance].count)


def _profiles_on(runtime: Runtime, instance: str) -> dict[str, int]:
    """The GPUs that each profile on machines of one type uses, of those that are known."""
    found: dict[str, int] = {}
    for key, one in runtime.profiles():
        with suppress(Unknown):
            if any(runtime.worker(name).instance == instance for name in one.workers):
                found[key] = used_by(runtime, one)
    return found


def _wrong_count(
    worker: GpuWorker, key: str, used: int, there: int, alike: dict[str, int]
) -> Iterator[Finding]:
    """Where all profiles agree, the machine's number is the odd one: said once."""
    if key == next(iter(alike)):
        yield Finding(
            (*_instance(worker), "count"),
            f"{worker.instance} has {there} GPUs here, and every profile on it uses {used} (tp × pp × dp)",
            f"write {used}, or change all of the profiles",
            related=tuple(Related(f"`{one}`", ("serving", one, "tp_size")) for one in alike),
        )


RULES = (
    Rule(
        "DN050",
        each(Runtime.profiles, all_gpus_are_used),
        "the engine does not start with more, and fewer lie idle (truth book, section 3)",
    ),
)
