"""What SGLang really runs with given arguments, its own corrections included.

Many arguments are requests: the engine changes them at start when they do not go together, and says so in
its log at most (truth book, section 5: a required feature must be on, not only asked for). The corrections
were read in the wheels of the versions named here, and run against their own code; for another version
`effective` gives None.

Not modelled, since it depends on the model's architecture or on the environment: page sizes and backends
that some architectures force, chunked prefill of multimodal models, hybrid models without a prefix cache,
SGLANG_* variables, and hardware that is not NVIDIA's. Refusals are those that have to do with these
features.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from targets.sglang.coercion import attention, batches, hybrid
from targets.sglang.coercion.run import NEW, OLD, Change, Name, Refusal, Run, server
from targets.sglang.flags import Scalar

VERSIONS = (OLD, NEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """The arguments of one profile as plain values, and the GPU that they meet."""

    capability: int
    """Compute capability × 10: 89 for 8.9."""
    gpu_bytes: int | None = None
    """Memory of one GPU; without it the default size of a chunk is not known."""
    hybrid: bool = False
    """Has the model layers that keep a state (Mamba, gated delta) beside its attention?"""
    strategy: str | None = None
    """--mamba-scheduler-strategy."""
    prefix_cache: bool = True
    """False for --disable-radix-cache."""
    overlap_scheduling: bool = True
    """False for --disable-overlap-schedule."""
    page_size: int | None = None
    attention_backend: str | None = None
    hierarchical_cache: bool = False
    tp_size: int = 1
    pp_size: int = 1
    dp_size: int = 1
    arguments: Mapping[str, Scalar] = field(default_factory=dict)
    """The other arguments, by full name without dashes."""


@dataclass(frozen=True, slots=True)
class Effective:
    """What runs, and why where that is not what was asked for."""

    version: str
    overlap_scheduling: bool
    prefix_cache: bool
    continuous_batching: bool
    """Always: the scheduler has no other loop (srt/managers/scheduler.py, `get_next_batch_to_run`)."""
    page_size: int
    attention_backend: str
    """In prefill."""
    decode_backend: str
    chunked_prefill_size: int | None
    """Tokens; 0 or less is off, and None is the engine's choice by the GPU's memory."""
    mixed_chunk: bool
    gpus: int
    """Processes, one a GPU: with data parallel attention the replicas share the tensor parallel ones."""
    changes: tuple[Change, ...]
    """In the order in which the engine makes them."""
    refusals: tuple[Refusal, ...]
    """Why it would end at start; empty if it runs."""

    def because(self, *names: Name) -> Change | None:
        """The last change to one of these, which is the reason for its value; None if nothing changed it."""
        return next((change for change in reversed(self.changes) if change.name in names), None)


def effective(version: str, profile: Profile) -> Effective | None:
    """What the engine of that version runs with these arguments; None for a version that nobody has read."""
    steps = _STEPS.get(version)
    if steps is None:
        return None
    run = _start(version, profile)
    for step in steps:
        step(run)
    return _result(run)


def _page_size(run: Run) -> None:
    """`_handle_page_size`."""
    if run.page_size is None:
        run.put("page_size", 1, "the default", server(2548, 3181))


_SETTLED = (
    attention.double_sparsity,
    batches.settle,
    attention.flash_attention,
    hybrid.backend,
    hybrid.lazy_buffer,
    hybrid.radix_cache,
)
# In the order of __post_init__ (srt/server_args.py:744 and 893), then of the workers' own start.
_STEPS: dict[str, tuple[Callable[[Run], None], ...]] = {
    OLD: (
        hybrid.strategy,
        hybrid.mamba,
        attention.choose,
        hybrid.linear_attention,
        attention.fp4_cache,
        _page_size,
        attention.host_cache,
        batches.data_parallel,
        batches.pipeline,
        batches.speculative,
        batches.disaggregated,
        batches.host_cache,
        attention.deterministic,
        batches.diffusion,
        batches.scoring,
        *_SETTLED,
    ),
    NEW: (
        batches.disaggregated,
        hybrid.strategy,
        hybrid.mamba,
        attention.deterministic,
        attention.choose,
        hybrid.linear_attention,
        attention.fp4_cache,
        _page_size,
        batches.scoring,
        attention.host_cache,
        batches.data_parallel,
        batches.pipeline,
        batches.speculative,
        batches.host_cache,
        batches.diffusion,
        *_SETTLED,
    ),
}


def _start(version: str, profile: Profile) -> Run:
    """The arguments as they come from the command line; a flag under `arguments` counts like a typed one."""
    given = profile.arguments
    page = _int(given, "page-size", profile.page_size)
    chunk = batches.chunk_of(profile.gpu_bytes) if profile.gpu_bytes else None
    return Run(
        version=version,
        given=given,
        capability=profile.capability,
        hybrid=profile.hybrid,
        tensor=max(1, _int(given, "tensor-parallel-size", profile.tp_size) or 1),
        pipeline=max(1, _int(given, "pipeline-parallel-size", profile.pp_size) or 1),
        data=max(1, _int(given, "data-parallel-size", profile.dp_size) or 1),
        overlap_scheduling=profile.overlap_scheduling and given.get("disable-overlap-schedule") is not True,
        prefix_cache=profile.prefix_cache and given.get("disable-radix-cache") is not True,
        page_size=max(1, page) if page is not None else None,
        attention_backend=_str(given, "attention-backend", profile.attention_backend),
        prefill_backend=_str(given, "prefill-attention-backend", None),
        decode_backend=_str(given, "decode-attention-backend", None),
        chunked_prefill_size=_int(given, "chunked-prefill-size", chunk),
        mixed_chunk=given.get("enable-mixed-chunk") is True,
        strategy=_str(given, "mamba-scheduler-strategy", profile.strategy) or "auto",
        hierarchical_cache=profile.hierarchical_cache or given.get("enable-hierarchical-cache") is True,
    )


def _int(given: Mapping[str, Scalar], name: str, typed: int | None) -> int | None:
    value = given.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else typed


def _str(given: Mapping[str, Scalar], name: str, typed: str | None) -> str | None:
    value = given.get(name)
    return value if isinstance(value, str) else typed


def _result(run: Run) -> Effective:
    prefill, decode = run.backends
    shared = run.given.get("enable-dp-attention") is True
    return Effective(
        version=run.version,
        overlap_scheduling=run.overlap_scheduling,
        prefix_cache=run.prefix_cache,
        continuous_batching=True,
        page_size=run.page_size or 1,
        attention_backend=str(prefill),
        decode_backend=str(decode),
        chunked_prefill_size=run.chunked_prefill_size,
        mixed_chunk=run.mixed_chunk and (run.chunked_prefill_size is None or run.chunked_prefill_size > 0),
        gpus=run.tensor * run.pipeline * (1 if shared else run.data),
        changes=tuple(run.changes),
        refusals=tuple(run.refusals),
    )
