"""How weights are stored, against what the GPUs can compute (truth book, section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets.sglang.quantization import Support, support

# Some releases unpack these on older GPUs; section 4 keeps them for GPUs that compute in them.
_NATIVE_ONLY = ("nvfp4",)


def gpu_can_compute(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """The GPUs of a profile have the compute capability that its model's quantization needs."""
    model = runtime.primary(serving)
    needs = support(runtime.engine.version, model.quantization)
    if needs is None:
        return
    least, source = _least(model.quantization, needs)
    for kind in dict.fromkeys(runtime.instance(runtime.worker(name)).gpu for name in serving.workers):
        gpu = runtime.hardware.gpus[kind]
        if _tenfold(gpu.compute_capability) < least:
            yield Finding(
                ("models", serving.model, "quantization"),
                f"{model.quantization} needs compute capability {least / 10}, and {gpu.name} of `{key}` has "
                f"{gpu.compute_capability} ({source})",
                "serve a checkpoint in another quantization, such as fp8 or awq, or on newer GPUs",
                related=(Related("the GPU's", ("hardware", "gpus", kind, "compute_capability")),),
            )


def _least(quantization: str, needs: Support) -> tuple[int, str]:
    native = quantization in _NATIVE_ONLY
    return (needs.native, needs.native_source) if native else (needs.minimum, needs.minimum_source)


def _tenfold(capability: str) -> int:
    return int(capability.replace(".", ""))


RULES = (
    Rule(
        "DN309",
        each(Runtime.profiles, gpu_can_compute),
        "the engine ends while it loads the model, or computes in a format that nobody has tried on this GPU "
        "(truth book, section 4)",
    ),
)
