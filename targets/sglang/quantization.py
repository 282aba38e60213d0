"""The least GPU for each way of storing weights, by version of the engine.

A checkpoint's quantization is refused when its GPU's compute capability is below `minimum`
(`_initialize_model` of srt/model_loader/loader.py, 235 in 0.5.10.post1 and 254 in 0.5.13.post1, asks
`get_min_capability`). Below `native` it runs, but the GPU has no arithmetic of that kind: weights are
unpacked to bfloat16 or float16 on the way.
"""

from __future__ import annotations

from dataclasses import dataclass

from targets.sglang.coercion.run import NEW, OLD

_KERNELS = "srt/layers/quantization"


@dataclass(frozen=True, slots=True)
class Support:
    """Compute capabilities × 10, as 89 for 8.9, with their places below `sglang/` in the wheel."""

    minimum: int
    """The engine ends at start on any GPU below this."""
    minimum_source: str
    native: int
    """Below this, it computes in another format than the weights'."""
    native_source: str


def support(version: str, quantization: str) -> Support | None:
    """What a quantization of the spec, or one of the engine's names, needs; None where nobody has read it."""
    return _TABLE.get(version, {}).get(_NAMES.get(quantization, quantization))


# The spec's own names; the engine turns awq and gptq into their Marlin forms by itself from 8.0 on.
_NAMES = {"nvfp4": "modelopt_fp4"}

# Any model needs 7.5, so that the 6.0 of GPTQ and the 7.0 of compressed-tensors count for nothing.
_ANY_OLD = (75, "srt/model_executor/model_runner.py:1089")
_ANY_NEW = (75, "srt/model_executor/model_runner.py:1294")

_TABLE: dict[str, dict[str, Support]] = {
    OLD: {
        "none": Support(*_ANY_OLD, 80, "srt/model_executor/model_runner.py:1084"),
        "fp8": Support(80, f"{_KERNELS}/fp8.py:176", 89, f"{_KERNELS}/fp8_utils.py:1605"),
        "awq": Support(75, f"{_KERNELS}/awq.py:150", 80, f"{_KERNELS}/marlin_utils.py:89"),
        "awq_marlin": Support(80, f"{_KERNELS}/awq.py:255", 80, f"{_KERNELS}/awq.py:255"),
        "gptq": Support(*_ANY_OLD, 80, f"{_KERNELS}/marlin_utils.py:89"),
        "gptq_marlin": Support(80, f"{_KERNELS}/gptq.py:349", 80, f"{_KERNELS}/gptq.py:349"),
        "modelopt_fp4": Support(
            100, f"{_KERNELS}/modelopt_quant.py:1145", 100, f"{_KERNELS}/modelopt_quant.py:1145"
        ),
        "mxfp4": Support(80, f"{_KERNELS}/mxfp4.py:260", 100, "srt/server_args.py:1743"),
        "compressed-tensors": Support(*_ANY_OLD, *_ANY_OLD),
        "w8a8_fp8": Support(89, f"{_KERNELS}/w8a8_fp8.py:67", 89, f"{_KERNELS}/w8a8_fp8.py:67"),
        "w8a8_int8": Support(*_ANY_OLD, 75, f"{_KERNELS}/w8a8_int8.py:87"),
    },
    NEW: {
        "none": Support(*_ANY_NEW, 80, "srt/model_executor/model_runner.py:1289"),
        "fp8": Support(80, f"{_KERNELS}/fp8.py:212", 89, f"{_KERNELS}/fp8_utils.py:1666"),
        "awq": Support(75, f"{_KERNELS}/awq/awq.py:115", 80, f"{_KERNELS}/marlin_utils.py:92"),
        "awq_marlin": Support(80, f"{_KERNELS}/awq/awq.py:277", 80, f"{_KERNELS}/awq/awq.py:277"),
        "gptq": Support(*_ANY_NEW, 80, f"{_KERNELS}/marlin_utils.py:92"),
        "gptq_marlin": Support(80, f"{_KERNELS}/gptq/gptq.py:357", 80, f"{_KERNELS}/gptq/gptq.py:357"),
        "modelopt_fp4": Support(
            80, f"{_KERNELS}/modelopt_quant.py:1205", 100, f"{_KERNELS}/fp4_utils.py:157"
        ),
        "mxfp4": Support(80, f"{_KERNELS}/mxfp4.py:336", 100, "srt/server_args.py:2187"),
        "compressed-tensors": Support(*_ANY_NEW, *_ANY_NEW),
        "w8a8_fp8": Support(89, f"{_KERNELS}/w8a8_fp8.py:67", 89, f"{_KERNELS}/w8a8_fp8.py:67"),
        "w8a8_int8": Support(*_ANY_NEW, 75, f"{_KERNELS}/w8a8_int8.py:89"),
    },
}
