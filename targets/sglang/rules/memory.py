"""Weights, cache and state at the declared context and concurrency, against the GPUs' memory."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.models import Memory, Primary
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets.sglang.memory import Fit, Load, fit, gib, slots_of

_STEP = 1024  # contexts are written in whole kibitokens


def fits(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """What the profile declares fits the memory fraction of every kind of GPU that its workers have."""
    yield from _cap(key, serving)
    model = runtime.primary(serving)
    for instance in dict.fromkeys(runtime.worker(name).instance for name in serving.workers):
        machine = runtime.hardware.instances[instance]
        if machine.count != serving.tp_size * serving.pp_size * serving.dp_size:
            continue  # another rule has said that these are not the GPUs
        gpu = runtime.hardware.gpus[machine.gpu].memory.bytes
        if model.memory is None or _states_unknown(serving, model.memory):
            yield from _weights_fit(key, serving, model, gpu)
        else:
            yield from _all_fits(key, serving, machine.gpu, _load(serving, model, model.memory, gpu))


def _cap(key: str, serving: Serving) -> Iterator[Finding]:
    """The engine takes the lesser of what fits and --max-total-tokens, for each replica."""
    most = serving.arguments.get("max-total-tokens")
    requests = ceil(serving.full_context_requests / serving.dp_size)
    needed = requests * ceil(serving.context_length / serving.page_size) * serving.page_size
    if isinstance(most, int) and not isinstance(most, bool) and most < needed:
        yield Finding(
            ("serving", key, "arguments", "max-total-tokens"),
            f"the cache of `{key}` is kept to {most} tokens, and {requests} × {serving.context_length} at "
            f"once need {needed}",
            f"take it out, or write at least {needed}",
            related=(
                Related("the context", ("serving", key, "context_length")),
                Related("so many requests at the whole context", ("serving", key, "full_context_requests")),
            ),
        )


def _weights_fit(key: str, serving: Serving, model: Primary, gpu: int) -> Iterator[Finding]:
    """Without the model's figures: at least its weights."""
    parts = serving.tp_size * serving.pp_size
    room = int(gpu * serving.mem_fraction_static)
    if model.weights.bytes > room * parts:
        yield Finding(
            ("models", serving.model, "weights"),
            f"`{key}` does not fit its GPUs: {gib(model.weights.bytes)} of weights, and {parts} GPUs give "
            f"{gib(room)} each (× {serving.mem_fraction_static:g})",
            "take smaller weights, or more GPUs",
            related=(Related("the profile", ("serving", key), on_key=True),),
        )


def _all_fits(key: str, serving: Serving, kind: str, load: Load) -> Iterator[Finding]:
    found = fit(load)
    if not found.fits:
        yield Finding(
            ("serving", key, "context_length"),
            f"`{key}` does not fit its GPUs: {found.sentence()}",
            _way_out(serving, found),
            related=(
                Related("weights", ("models", serving.model, "weights")),
                Related("memory of one GPU", ("hardware", "gpus", kind, "memory")),
                Related("figures of the model, with their sources", ("models", serving.model, "memory")),
            ),
        )


def _way_out(serving: Serving, found: Fit) -> str:
    """What an operator could write, the mildest first."""
    if found.cache_room <= 0:
        return "the weights leave nothing: take smaller ones, or more GPUs"
    if found.state > found.state_room:
        return (
            f"write `max_running_requests: {found.at_once}`: no more states have room"
            if found.at_once
            else ("not one state has room: take smaller weights, or more GPUs")
        )
    requests = ceil(serving.full_context_requests / serving.dp_size)
    context = found.cache_room // found.load.token // requests // _STEP * _STEP
    ways = [f"`context_length: {context}`"] if context else []
    ways += [f"`full_context_requests: {found.full_context}`"] if found.full_context else []
    return f"what fits: {' or '.join(ways)}" if ways else "take smaller weights, or more GPUs"


def can_be_checked(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """The figures are there; without them the fit is not checked, and that is said."""
    model = runtime.primary(serving)
    missing = "memory" if model.memory is None else "memory.state_bytes"
    if model.memory is None or _states_unknown(serving, model.memory):
        yield Finding(
            ("models", serving.model),
            f"not checked: whether `{key}` fits its GPUs, for `models.{serving.model}` has no `{missing}`",
            "read the figures off the model's config.json, and name the source of each",
            on_key=True,
        )


def _states_unknown(serving: Serving, memory: Memory) -> bool:
    return serving.mamba_scheduler_strategy is not None and memory.state_bytes is None


def _load(serving: Serving, model: Primary, memory: Memory, gpu: int) -> Load:
    features, arguments = serving.features, serving.arguments
    state = memory.state_bytes.value if memory.state_bytes else 0
    ratio = arguments.get("mamba-full-memory-ratio")
    return Load(
        weights=model.weights.bytes,
        gpu=gpu,
        fraction=serving.mem_fraction_static,
        tp_size=serving.tp_size,
        pp_size=serving.pp_size,
        dp_size=serving.dp_size,
        shared=arguments.get("enable-dp-attention") is True,
        attention_layers=memory.attention_layers.value,
        kv_heads=memory.kv_heads.value,
        head_dim=memory.head_dim.value,
        cache_element=1 if str(arguments.get("kv-cache-dtype", "")).startswith("fp8") else 2,
        state=state,
        slots=slots_of(
            pooled=features.prefix_cache,
            strategy=serving.mamba_scheduler_strategy
            or str(arguments.get("mamba-radix-cache-strategy", "no_buffer")),
            overlap_scheduling=features.overlap_scheduling,
        ),
        pooled=features.prefix_cache,
        max_running_requests=serving.max_running_requests,
        context=serving.context_length,
        full_context_requests=serving.full_context_requests,
        page_size=serving.page_size,
        **({"state_ratio": float(ratio)} if isinstance(ratio, int | float) else {}),
    )


RULES = (
    Rule(
        "DN307",
        each(Runtime.profiles, fits),
        "what does not fit ends in requests that are put off or in a crash under load, not at start "
        "(truth book, sections 3, 10 and 13)",
    ),
    Rule(
        "DN308",
        each(Runtime.profiles, can_be_checked),
        "the fit is arithmetic with figures that the spec names with their source (truth book, section 13)",
        severity="note",
    ),
)
