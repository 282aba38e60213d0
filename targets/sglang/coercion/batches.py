"""What start-up does to batches: parallelism, speculative decoding, chunks, modes that exclude each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from targets.sglang.coercion.run import Run, Source, at, server

# Up to so many MiB of GPU memory, so many tokens are prefilled at once: `_handle_gpu_memory_settings`
# (srt/server_args.py:1166 and 1469).
_CHUNKS = ((20 * 1024, 2048), (35 * 1024, 2048), (60 * 1024, 4096), (160 * 1024, 8192))
_LARGEST_CHUNK = 16384


def chunk_of(memory: int) -> int:
    """Tokens that are prefilled at once by default on a GPU of so many bytes."""
    mebibytes = memory / 1024**2
    return next((tokens for limit, tokens in _CHUNKS if mebibytes < limit), _LARGEST_CHUNK)


def data_parallel(run: Run) -> None:
    """With data parallel attention the ranks share each chunk (srt/server_args.py:2634 and 3318)."""
    if not run.on("enable-dp-attention") or run.data == 1:
        return
    if run.tensor % run.data:
        run.refuse(
            f"with data parallel attention tp {run.tensor} must be a multiple of dp {run.data}",
            server(2640, 3324),
        )
    if run.chunked_prefill_size is not None:
        reason = "data parallel attention shares each chunk among the replicas"
        run.put("chunked_prefill_size", run.chunked_prefill_size // run.data, reason, server(2641, 3325))


def pipeline(run: Run) -> None:
    """Stages of a pipeline run a loop of their own."""
    if run.pipeline > 1:
        reason = "pipeline parallelism has no overlap scheduling"
        run.put("overlap_scheduling", False, reason, server(2855, 3658))


# ── Speculative decoding

_HOOK = "srt/arg_groups/speculative_hook.py"
_PD_HOOK = "srt/arg_groups/pd_disaggregation_hook.py"


def speculative(run: Run) -> None:
    """By algorithm (srt/server_args.py:2960; srt/arg_groups/speculative_hook.py:54).

    SGLANG_ENABLE_SPEC_V2 is taken to be what it is by default: off in the old version, on in the new one.
    """
    match run.drafts:
        case "EAGLE" | "EAGLE3" | "STANDALONE":
            _eagle(run)
        case "NGRAM":
            _ngram(run)
        case "DFLASH" if not run.old:
            _without_overlap(run, at("", f"{_HOOK}:240"), at("", f"{_HOOK}:246"))
        case "FROZEN_KV_MTP" if not run.old:
            _without_overlap(run, at("", f"{_HOOK}:259"), at("", f"{_HOOK}:265"))
        case _:
            pass


def _eagle(run: Run) -> None:
    if run.drafts == "STANDALONE" and run.on("enable-dp-attention") and run.data > 1:
        reason = "STANDALONE cannot be used with data parallel attention"
        run.refuse(reason, at("srt/server_args.py:2989", f"{_HOOK}:278"))
    if run.old:
        reason = "speculative decoding has no overlap scheduling by default"
        run.put("overlap_scheduling", False, reason, server(3015, None))
    reason = "speculative decoding has no mixed chunks"
    run.put("mixed_chunk", False, reason, at("srt/server_args.py:3022", f"{_HOOK}:307"))
    topk = run.number("speculative-eagle-topk") or 1
    if "trtllm_mha" in (run.attention_backend, run.prefill_backend, run.decode_backend) and topk > 1:
        reason = "`trtllm_mha` has one branch of drafts only"
        run.refuse(reason, at("srt/server_args.py:3070", f"{_HOOK}:359"))
    allowed = ("flashinfer", "fa3") if run.old else ("flashinfer", "fa3", "triton")
    _paged_tree(run, topk, allowed, at("srt/server_args.py:3088", f"{_HOOK}:382"))


def _ngram(run: Run) -> None:
    reason = "NGRAM has no overlap scheduling and no mixed chunks"
    run.put("overlap_scheduling", False, reason, at("srt/server_args.py:3104", f"{_HOOK}:399"))
    run.put("mixed_chunk", False, reason, at("srt/server_args.py:3105", f"{_HOOK}:400"))
    breadth = run.number("speculative-ngram-max-bfs-breadth") or 10
    _paged_tree(run, breadth, ("flashinfer",), at("srt/server_args.py:3123", f"{_HOOK}:437"))
    if run.on("enable-dp-attention") and run.data > 1:
        run.refuse(
            "NGRAM cannot be used with data parallel attention", at("srt/server_args.py:3131", f"{_HOOK}:445")
        )


def _without_overlap(run: Run, overlap: Source, mixed: Source) -> None:
    run.put("overlap_scheduling", False, f"{run.drafts} has no overlap scheduling", overlap)
    run.put("mixed_chunk", False, "speculative decoding has no mixed chunks", mixed)


def _paged_tree(run: Run, branches: int, allowed: tuple[str, ...], source: Source) -> None:
    if branches > 1 and (run.page_size or 1) > 1 and run.attention_backend not in allowed:
        run.refuse(
            f"{branches} branches of drafts with pages of {run.page_size} tokens need {' or '.join(allowed)}",
            source,
        )


# ── Modes of the server


def disaggregated(run: Run) -> None:
    """A server that only decodes gets its cache from another (3241; pd_disaggregation_hook.py:40)."""
    if run.text("disaggregation-mode") != "decode":
        return
    if not run.old and run.on("disaggregation-decode-enable-radix-cache"):
        run.put(
            "prefix_cache", True, "the flag for it on a decoding server is given", at("", f"{_PD_HOOK}:52")
        )
        return
    reason = "a server that only decodes has no prefix cache"
    run.put("prefix_cache", False, reason, at("srt/server_args.py:3243", f"{_PD_HOOK}:55"))
    if not run.old and run.buffered:
        run.put("strategy", "no_buffer", reason, at("", f"{_PD_HOOK}:62"))


def scoring(run: Run) -> None:
    """Multi-item scoring excludes what cuts or shares prompts; the new version turns it off by itself."""
    if run.old:
        if run.number("multi-item-scoring-delimiter") is not None:
            _requires(run, not run.prefix_cache, "the prefix cache off", server(6170, None))
            _requires(run, run.chunked_prefill_size == -1, "no chunks", server(6174, None))
    elif run.on("enable-mis"):
        reason = "`enable-mis` has no prefix cache and no chunks"
        run.put("prefix_cache", False, reason, server(None, 1431))
        run.put("chunked_prefill_size", -1, reason, server(None, 1435))
        if set(run.backends) != {"flashinfer"}:
            run.refuse("`enable-mis` needs `flashinfer` for attention", server(None, 1438))


def _requires(run: Run, holds: bool, what: str, source: Source) -> None:
    if not holds:
        run.refuse(f"`multi-item-scoring-delimiter` needs {what}", source)


def diffusion(run: Run) -> None:
    """A diffusion model; its block size, which becomes the page size, is the model's (3510 and 4295)."""
    if run.text("dllm-algorithm") is None:
        return
    graphs = run.attention_backend not in {"torch_native", "flex_attention"} and not run.on(
        "disable-cuda-graph"
    )
    if graphs:
        reason = "a diffusion model with CUDA graphs needs `flashinfer`"
        run.put("attention_backend", "flashinfer", reason, server(3544, 4329))
    reason = "a diffusion model has no overlap scheduling, mixed chunks or host-memory cache"
    run.put("overlap_scheduling", False, reason, server(3549, 4334))
    if run.prefix_cache:
        run.put("hierarchical_cache", False, reason, server(3564, 4349))
    run.put("mixed_chunk", False, reason, server(3593, 4378))


# ── What is asserted of the result


@dataclass(frozen=True, slots=True)
class Demand:
    """What must hold when all else is settled."""

    applies: Callable[[Run], bool]
    holds: Callable[[Run], bool]
    reason: str
    source: Source


def _whole_chunks(run: Run) -> bool:
    chunk, page = run.chunked_prefill_size, run.page_size
    return chunk is None or page is None or chunk <= 0 or chunk % page == 0


def _may_multiplex(run: Run) -> bool:
    whole = run.chunked_prefill_size in {-1, None} and run.text("disaggregation-mode") in {"null", None}
    return whole and run.pipeline == 1 and not run.overlap_scheduling


_DEMANDS = (
    Demand(
        lambda run: run.pipeline > 1,
        lambda run: run.drafts is None,
        "speculative decoding cannot be used with pipeline parallelism",
        server(6070, 7424),
    ),
    Demand(
        lambda run: run.old and run.pipeline > 1,
        lambda run: not run.mixed_chunk,
        "mixed chunks cannot be used with pipeline parallelism",
        server(6070, None),
    ),
    Demand(
        lambda run: run.drafts is not None,
        lambda run: not run.mixed_chunk,
        "mixed chunks cannot be used with speculative decoding",
        server(6101, 7454),
    ),
    Demand(
        lambda run: run.text("disaggregation-mode") != "decode",
        _whole_chunks,
        "the size of a chunk of prefill must be a multiple of the page size",
        server(6109, 7462),
    ),
    Demand(
        lambda run: run.on("enable-pdmux"),
        lambda run: (
            run.pipeline == 1 and run.chunked_prefill_size in {-1, None} and not run.overlap_scheduling
        ),
        "`enable-pdmux` needs no pipeline, no chunks and no overlap scheduling",
        server(6115, 7468),
    ),
    Demand(
        lambda run: run.on("enable-prefill-delayer"),
        lambda run: run.overlap_scheduling,
        "`enable-prefill-delayer` needs overlap scheduling",
        at("srt/managers/prefill_delayer.py:76", "srt/managers/prefill_delayer.py:105"),
    ),
)


def host_cache(run: Run) -> None:
    """`_handle_cache_compatibility` (srt/server_args.py:3401 and 4179)."""
    if run.hierarchical_cache and not run.prefix_cache:
        reason = "the host-memory cache cannot be used with the prefix cache off"
        run.refuse(reason, server(3403, 4181))


def settle(run: Run) -> None:
    """`check_server_args` (srt/server_args.py:6063 and 7403), and an assertion of the scheduler."""
    for demand in _DEMANDS:
        if demand.applies(run) and not demand.holds(run):
            run.refuse(demand.reason, demand.source)
