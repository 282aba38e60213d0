"""A model's entry against the name of its repository, where people write parameters and quantization."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.models import Quantization, Stored
from compiler.spec.runtime import Runtime
from compiler.spec.units import Size

# Bits of one weight by its format: IEEE 754's half or bfloat16, OCP's FP8, and the formats of four bits.
_BITS = {"none": 16, "fp8": 8, "awq": 4, "gptq": 4, "nvfp4": 4, "mxfp4": 4, "w8a8_fp8": 8, "w8a8_int8": 8}
# Ways to write weights of several formats: the name tells the format, and the field the way.
_FORMS = ("compressed-tensors", "w8a8_fp8", "w8a8_int8")
# Embeddings and some layers stay in 16 bits, and scales come on top: small models of four bits double.
_FACTOR = 2.5
# 70B, 1.5B, 8x7B, 350M; what stands behind another letter is something else (A3B: three billion are active).
_PARAMETERS = re.compile(r"(?<![A-Za-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)([BbMm])(?![A-Za-z0-9])")


def _stored(runtime: Runtime) -> Iterator[tuple[str, Stored]]:
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Stored):
            yield key, model


def weights_match_the_name(_: Runtime, key: str, model: Stored) -> Iterator[Finding]:
    """The weights are about as large as the parameters in the repository's name at their bits."""
    count = parameters(model.repository)
    bits = _BITS.get(model.quantization)
    if count is None or bits is None or model.manifest is not None or _contradicted(model):
        return  # files that were recorded tell more than a name
    expected = int(count * bits / 8)
    if not expected / _FACTOR <= model.weights.bytes <= expected * _FACTOR:
        yield Finding(
            ("models", key, "weights"),
            f"{model.weights} cannot be the weights of {model.repository}: {_short(count)} parameters of "
            f"{bits} bits are about {_about(expected)}",
            "write the size of all its files; or waive this, and say why the name tells another",
            related=(
                Related("its name", ("models", key, "repository")),
                Related("how the weights are stored", ("models", key, "quantization")),
            ),
        )


def parameters(repository: str) -> float | None:
    """How many parameters a repository's name says that its model has: the most, where it says several."""
    found = _PARAMETERS.findall(repository.rpartition("/")[2])
    counts = [
        int(times or 1) * float(number) * (10**9 if unit in "Bb" else 10**6) for times, number, unit in found
    ]
    return max(counts, default=None) or None


def _short(count: float) -> str:
    return f"{count / 10**9:g} billion" if count >= 10**9 else f"{count / 10**6:g} million"


def _about(size: int) -> Size:
    unit = 10**9 if size >= 10**9 else 10**6
    return Size(max(1, round(size / unit)) * unit)


def named_by_its_quantization(_: Runtime, key: str, model: Stored) -> Iterator[Finding]:
    """No repository is named after another quantization than its entry's."""
    other = _contradicted(model)
    if other is not None:
        yield Finding(
            ("models", key, "quantization"),
            f"`{key}` is `{model.quantization}` here, and its repository is named after {other}",
            f"write {other}, or name the repository that is {model.quantization}; or waive this, and say what"
            " its config.json has",
            related=(Related("the repository", ("models", key, "repository")),),
        )


def _contradicted(model: Stored) -> str | None:
    if model.quantization in _FORMS:
        return None
    words = set(re.split(r"[^a-z0-9]+", model.repository.rpartition("/")[2].lower()))
    named = words & set(get_args(Quantization)) - {"none"}
    return min(named) if named and model.quantization not in named else None


RULES = (
    Rule(
        "DN099",
        each(_stored, weights_match_the_name),
        "memory, space and time are reckoned with this figure (truth book, sections 4 and 9)",
        waivable=True,
    ),
    Rule(
        "DN130",
        each(_stored, named_by_its_quantization),
        "whether the GPUs can compute a model is decided by its quantization (truth book, section 4)",
        waivable=True,
    ),
)
