"""Weights, cache and state at the declared context and concurrency, against the GPUs' memory."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.models import Memory, Primary
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets.sglang.coercion.run import OLD
from targets.sglang.memory import Fit, Load, fit, gib, reserved, slots_of
from targets.sglang.rules.gpus import used_by

# The engine's own estimate is for the worst prompt, and profiles with less were measured to hold.
_SHARE = 3
_STEP = 1024  # contexts are written in whole kibitokens


def fits(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """What the profile declares fits the memory fraction of every kind of GPU that its workers have."""
    yield from _cap(key, serving)
    model = runtime.primary(serving)
    for instance in dict.fromkeys(runtime.worker(name).instance for name in serving.workers):
        machine = runtime.hardware.instances[instance]
        if machine.count != used_by(runtime, serving):
            continue  # another rule has said that these are not the GPUs
        gpu = runtime.hardware.gpus[machine.gpu].memory.bytes
        if model.memory is None or _states_unknown(runtime, serving, model.memory):
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
        field = _out_of_proportion(found)
        room, weights, cache, states = found.arithmetic
        asked: dict[str, str] = {"context_length": cache, "full_context_requests": "so many at once"}
        asked |= {"max_running_requests": states} if states else {}
        others = [Related(told, ("serving", key, name)) for name, told in asked.items() if name != field]
        counted = f", for {asked[field].partition(': ')[2]}" if field != "full_context_requests" else ""
        yield Finding(
            ("serving", key, field),
            f"`{key}` does not fit its GPUs: {found.lack}{counted}",
            _way_out(serving, found),
            related=(
                *others,
                Related(room, ("hardware", "gpus", kind, "memory")),
                Related(weights, ("models", serving.model, "weights")),
                Related("figures of the model, with their sources", ("models", serving.model, "memory")),
            ),
        )


def _out_of_proportion(found: Fit) -> str:
    """The field that asks for too much: how many at once, as long as one request would fit."""
    if found.cache_room > 0 and found.state > found.state_room and found.cache <= found.cache_room:
        return "max_running_requests"
    return "full_context_requests" if found.full_context else "context_length"


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
    """The figures are there; without them the fit is not checked, and that is decided."""
    model = runtime.primary(serving)
    missing = "memory" if model.memory is None else "memory.state_bytes"
    if model.memory is None or _states_unknown(runtime, serving, model.memory):
        yield Finding(
            ("models", serving.model),
            f"not checked: whether `{key}` fits its GPUs, for `models.{serving.model}` has no `{missing}`",
            "read the figures off the model's config.json, and name the source of each; or waive this, and "
            "say how the fit was seen",
            on_key=True,
        )


def requests_are_computed(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """As many requests are computed at once as must fit the memory at once."""
    wanted = ceil(serving.full_context_requests / serving.dp_size)
    shared = serving.arguments.get("enable-dp-attention") is True
    at_once = max(1, serving.max_running_requests // (serving.dp_size if shared else 1))
    if wanted > at_once and not any(fits(runtime, key, serving)):
        replicas = " in each replica" if serving.dp_size > 1 else ""
        yield Finding(
            ("serving", key, "max_running_requests"),
            f"`{key}` computes {at_once} at once{replicas}, and {wanted} are to have the whole context",
            "write at least as many as `full_context_requests`, and some to spare for short ones",
            related=(Related("so many at the whole context", ("serving", key, "full_context_requests")),),
        )


def leaves_room(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """The fraction leaves at least a third of what the engine would reserve by itself for everything else."""
    for instance in dict.fromkeys(runtime.worker(name).instance for name in serving.workers):
        kind = runtime.hardware.instances[instance].gpu
        memory = runtime.hardware.gpus[kind].memory.bytes
        chunk = serving.arguments.get("chunked-prefill-size")
        own = reserved(memory, serving.tp_size * serving.pp_size, chunk if isinstance(chunk, int) else None)
        left = int(memory * (1 - serving.mem_fraction_static))
        if left < own // _SHARE:
            most = int((1 - own / _SHARE / memory) * 100) / 100
            yield Finding(
                ("serving", key, "mem_fraction_static"),
                f"{serving.mem_fraction_static:g} leaves {gib(left)} of a GPU for activations and CUDA graphs"
                f", and release {OLD} would keep {gib(own)} for them (srt/server_args.py:1276)",
                f"write at most {most:g}; or waive this, and say how it was measured under load",
                related=(Related("memory of one GPU", ("hardware", "gpus", kind, "memory")),),
            )


def _states_unknown(runtime: Runtime, serving: Serving, memory: Memory) -> bool:
    return runtime.is_hybrid(serving) and memory.state_bytes is None


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
        waivable=True,
    ),
    Rule(
        "DN316",
        each(Runtime.profiles, requests_are_computed),
        "whoever is not computed waits, however much memory there is (truth book, sections 4 and 10)",
    ),
    Rule(
        "DN317",
        each(Runtime.profiles, leaves_room),
        "what is not static is for activations and CUDA graphs: a long prompt would end the engine "
        "(sglang: _handle_gpu_memory_settings)",
        waivable=True,
    ),
)
