"""Do weights, cache and state fit each GPU? The engine's own arithmetic, before anything runs.

The GPU's memory times the fraction, less the weights, is for caches; the states of a hybrid model get a fixed
part of that, whatever they need. Followed is `ModelRunnerKVCacheMixin`
(srt/model_executor/model_runner_kv_cache_mixin.py); lines are of 0.5.10.post1 and, after a bar, of
0.5.13.post1. Sizes are bytes for one GPU, unless they say otherwise.

Not counted: draft models of speculative decoding, that a layer with a sliding window keeps less, that
embeddings and norms are on every GPU, and what the driver keeps for itself: half a gigabyte or so, by which a
fit may be too close.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from targets.sglang.coercion.batches import chunk_of

GIB = 1024**3
STATE_RATIO = 0.9
"""--mamba-full-memory-ratio by default (srt/server_args.py:550 and 656): states to cache, 0.9 : 1."""
_MOST = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What is to be kept in memory, and on what."""

    weights: int
    """Of the whole model."""
    gpu: int
    """Memory of one GPU."""
    fraction: float
    """--mem-fraction-static."""
    tp_size: int = 1
    pp_size: int = 1
    dp_size: int = 1
    shared: bool = False
    """--enable-dp-attention: the replicas share the tensor parallel GPUs, and only attention is theirs."""
    attention_layers: int
    """Layers that keep keys and values, of the whole model."""
    kv_heads: int
    head_dim: int
    cache_element: int = 2
    """Bytes of one number in the cache: 2 for bfloat16, 1 for fp8."""
    state: int = 0
    """Of one request in the whole model; 0 where the model is not hybrid."""
    slots: int = 1
    """States that the engine keeps a request: `slots_of`."""
    pooled: bool = True
    """False if the prefix cache is off: then as many states as requests, and no fixed part."""
    state_ratio: float = STATE_RATIO
    max_running_requests: int
    context: int
    full_context_requests: int
    """So many must be able to use the whole context at once."""
    page_size: int = 1

    @property
    def attention_tp(self) -> int:
        """GPUs that share one replica's attention, as `get_attention_tp_size`."""
        return max(1, self.tp_size // self.dp_size) if self.shared else self.tp_size

    @property
    def requests(self) -> int:
        """That one replica computes at once; replicas that share GPUs also share the number (849|885)."""
        return self.max_running_requests // self.dp_size if self.shared else self.max_running_requests

    @property
    def token(self) -> int:
        """One token of cache: `get_cell_size_per_token` (126|164 of pool_configurator.py).

        The heads are shared by the GPUs, but each has at least one (srt/configs/model_config.py:677|889). Of
        a pipeline, the stage with the most layers counts.
        """
        heads = max(1, self.kv_heads // self.attention_tp)
        return heads * 2 * self.head_dim * ceil(self.attention_layers / self.pp_size) * self.cache_element

    @property
    def slot(self) -> int:
        """One state: `mamba_cache_per_req` (srt/configs/mamba_utils.py:116|116), shared by the GPUs."""
        return ceil(self.state / (self.attention_tp * self.pp_size))

    @property
    def tokens(self) -> int:
        """That one replica must keep, each request in whole pages (826|186 of pool_configurator.py)."""
        return ceil(self.full_context_requests / self.dp_size) * self.whole_context

    @property
    def whole_context(self) -> int:
        """Tokens of one request at the whole context, in whole pages."""
        return ceil(self.context / self.page_size) * self.page_size


@dataclass(frozen=True, slots=True)
class Fit:
    """The arithmetic, in bytes for one GPU."""

    load: Load
    room: int
    """For weights and caches: memory × fraction (171|74, with the memory before the model is loaded)."""
    weights: int
    cache_room: int
    """Of what the weights leave, the part for tokens."""
    cache: int
    """What the tokens need."""
    state_room: int
    """Of what the weights leave, the part for states."""
    state: int
    """What the states need."""

    @property
    def needed(self) -> int:
        """Weights, cache and states."""
        return self.weights + self.cache + self.state

    @property
    def fits(self) -> bool:
        return self.cache <= self.cache_room and self.state <= self.state_room

    @property
    def full_context(self) -> int:
        """Requests that can use the whole context at once, in all replicas."""
        tokens = max(0, self.cache_room) // self.load.token
        return tokens // self.load.whole_context * self.load.dp_size

    @property
    def at_once(self) -> int:
        """Requests that one replica really computes at once: fewer than asked for, silently (856|892)."""
        if not self.load.state:
            return self.load.requests
        return min(self.load.requests, max(0, self.state_room) // (self.load.slot * self.load.slots))

    @property
    def lack(self) -> str:
        """What there is too little of, in a few words; empty if it fits."""
        if self.cache_room <= 0:
            return f"the weights take {gib(self.weights)} of a GPU and leave nothing of {gib(self.room)}"
        if self.cache > self.cache_room:
            return f"the cache needs {gib(self.cache)} and has {gib(self.cache_room)}"
        if self.state > self.state_room:
            return f"the states need {gib(self.state)} and have {gib(self.state_room)}"
        return ""

    @property
    def arithmetic(self) -> tuple[str, str, str, str]:
        """How it is reckoned: the room of a GPU, and what weights, cache and states take of it."""
        load = self.load
        parts = load.tp_size * load.pp_size
        shared = f", a part in {parts} of {gib(load.weights)}" if parts > 1 else ""
        requests = ceil(load.full_context_requests / load.dp_size)
        return (
            f"{gib(self.load.gpu)} × {load.fraction:g}: {gib(self.room)} for weights and caches",
            f"weights: {gib(self.weights)}{shared}",
            f"cache: {requests} × {load.context} tokens of {load.token / 1024:.1f} KiB",
            f"states: {load.requests} × {load.slots} of {load.slot / 1024**2:.1f} MiB" if load.state else "",
        )


def fit(load: Load) -> Fit:
    """The engine's arithmetic for a load."""
    room = int(load.gpu * load.fraction)
    weights = ceil(load.weights / (load.tp_size * load.pp_size))
    cache_room, state_room = _split(load, room - weights)
    return Fit(
        load=load,
        room=room,
        weights=weights,
        cache_room=cache_room,
        cache=load.tokens * load.token,
        state_room=state_room,
        state=_states(load),
    )


def slots_of(*, pooled: bool, strategy: str, overlap_scheduling: bool) -> int:
    """States that the engine keeps for each running request of a hybrid model.

    `_calculate_mamba_ratio` (373|233): one without a prefix cache; else three, and with a buffer one more, or
    two if the next batch is prepared meanwhile.
    """
    if not pooled:
        return 1
    if strategy not in {"extra_buffer", "extra_buffer_lazy"}:
        return 3
    return 5 if overlap_scheduling and strategy == "extra_buffer" else 4


def reserved(gpu: int, parts: int, chunk: int | None = None) -> int:
    """Bytes that the engine keeps for activations and CUDA graphs when nobody sets the fraction.

    `_handle_gpu_memory_settings` (srt/server_args.py:1276 of 0.5.10.post1), in MiB: 512 for what is constant,
    1.5 for each token of a chunk, a GiB for eight GPUs, and 10 GiB at least on GPUs of more than 60. The
    graphs are left out, as they depend on the batch sizes: it is a little more.
    """
    tokens = max(chunk if chunk and chunk > 0 else chunk_of(gpu), 2048)
    mebibytes = 512 + 1.5 * tokens + parts / 8 * 1024
    if gpu > 60 * GIB:
        mebibytes = max(mebibytes, 10 * 1024)
    return int(mebibytes * 1024**2)


def gib(size: int) -> str:
    """A size in GiB with one decimal."""
    return f"{size / GIB:.1f} GiB"


def _split(load: Load, left: int) -> tuple[int, int]:
    """What is left after the weights, for tokens and for states: `handle_max_mamba_cache` (179|82)."""
    if not load.state:
        return left, 0
    if not load.pooled:
        state = min(left, load.requests * load.slot)
        return left - state, state
    ratio = min(max(load.state_ratio, 0.0), _MOST)
    state = int(left * ratio / (1 + ratio)) // load.slot * load.slot
    return left - state, state


def _states(load: Load) -> int:
    return load.requests * load.slots * load.slot if load.state else 0
