"""What start-up does to the attention backend, and what the backend does to the page size.

Backends with kernels for one kind of GPU or one page size are refused or given their page size here. Not
known: what only a model's architecture decides (latent attention; models with a list of backends of their
own).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from targets.sglang.coercion.run import Run, Source, at, server


@dataclass(frozen=True, slots=True)
class Pages:
    """The page sizes that a backend can read; the engine takes `becomes` for every other."""

    backend: str
    sizes: tuple[int, ...]
    becomes: int
    source: Source
    prefill_counts: bool = False
    """Is it also asked for when only prefill uses the backend?"""
    caches: tuple[str, ...] = ()
    """The values of --kv-cache-dtype that it reads; empty where the engine does not ask."""
    reads: Source = field(default_factory=dict)
    """Where it asks."""


_PAGES = (
    Pages("flashmla", (64,), 64, server(2331, 2886)),
    Pages("cutlass_mla", (128,), 128, server(2340, 2895)),
    Pages(
        "trtllm_mla",
        (32, 64),
        64,
        server(2355, 2910),
        caches=("fp8_e4m3", "fp4_e2m1", "bf16", "auto"),
        reads=server(2358, 2913),
    ),
    Pages("tokenspeed_mla", (32, 64), 64, server(None, 2929), caches=("fp8_e4m3",), reads=server(None, 2931)),
    Pages(
        "cutedsl_mla",
        (32, 64),
        64,
        server(None, 2952),
        prefill_counts=True,
        caches=("fp8_e4m3", "bf16", "bfloat16", "auto"),
        reads=server(None, 2959),
    ),
    Pages("trtllm_mha", (16, 32, 64), 64, server(2395, 2998), prefill_counts=True),
)
_DETERMINISTIC = ("flashinfer", "fa3", "triton", "ascend")
_DETERMINISTIC_WITH_CACHE = ("fa3", "triton", "ascend")
_FP4_CACHE_AFTER_FA4 = ("triton", "torch_native", "flex_attention")
_FP4_CACHE = ("triton", "torch_native", "flex_attention", "trtllm_mha")


def few_drafts(run: Run) -> bool:
    """As `is_no_spec_infer_or_topk_one` (srt/utils/common.py:2703 and 2982)."""
    topk = run.number("speculative-eagle-topk")
    return topk is None or (topk == 1 and run.page_size in {None, 1})


def blackwell_default(run: Run) -> str:
    """The choice on compute capability 10, where `trtllm_mha` drafts only with a known number of branches."""
    told = run.drafts is None or run.number("speculative-eagle-topk") is not None
    return "trtllm_mha" if few_drafts(run) and told else "flashinfer"


def choose(run: Run) -> None:
    """`_handle_attention_backend_compatibility` (srt/server_args.py:2277 and 2832)."""
    if run.prefill_backend is not None and run.prefill_backend == run.decode_backend:
        reason = "prefill and decoding name the same backend"
        run.put("attention_backend", run.prefill_backend, reason, server(2284, 2839))
    if run.attention_backend is None:
        run.put("attention_backend", _default(run), "the default on this GPU", server(2288, 2843))
    if run.attention_backend == "flex_attention" and run.drafts is not None:
        run.refuse("`flex_attention` cannot be used with speculative decoding", server(2308, 2863))
    for pages in _PAGES:
        _paged(run, pages)
    if run.attention_backend == "fa3" and run.text("kv-cache-dtype") == "fp8_e5m2":
        reason = "`fa3` cannot read a cache in fp8_e5m2"
        run.put("attention_backend", "triton", reason, server(2402, 3005))
    if run.prefill_backend == "fa4" and run.major == 10:
        run.put("page_size", 128, "`fa4` has pages of 128 tokens on this GPU", server(2412, 3015))
    if run.attention_backend == "dual_chunk_flash_attn":
        reason = "`dual_chunk_flash_attn` has no prefix cache and no mixed chunks"
        run.put("mixed_chunk", False, reason, server(2464, 3080))
        run.put("prefix_cache", False, reason, server(2465, 3081))


def _default(run: Run) -> str:
    """As `_get_default_attn_backend` for a model without multi-head latent attention; FlashInfer is there."""
    if run.major == 9 and few_drafts(run):
        return "fa3"
    return blackwell_default(run) if run.major == 10 else "flashinfer"


def _paged(run: Run, pages: Pages) -> None:
    users = [
        run.attention_backend,
        run.decode_backend,
        *([run.prefill_backend] if pages.prefill_counts else []),
    ]
    if pages.backend not in users or not pages.source[run.version]:
        return
    check = _GPUS.get(pages.backend)
    if check is not None:
        check(run)
    dtype = run.text("kv-cache-dtype") or "auto"
    if pages.caches and dtype not in pages.caches:
        run.refuse(f"`{pages.backend}` cannot read a cache in {dtype}", pages.reads)
    if run.page_size not in pages.sizes:
        sizes = ", ".join(map(str, pages.sizes))
        reason = f"`{pages.backend}` has pages of {sizes} tokens only"
        run.put("page_size", pages.becomes, reason, pages.source)


# ── Kernels for one kind of GPU


def _trtllm_mla(run: Run) -> None:
    if not run.blackwell:
        run.refuse("`trtllm_mla` needs a GPU of compute capability 10 or more", server(2347, 2902))


def _tokenspeed(run: Run) -> None:
    if not run.blackwell:
        run.refuse("`tokenspeed_mla` needs a GPU of compute capability 10 or more", server(None, 2922))


def _cutedsl(run: Run) -> None:
    if run.prefill_backend == "cutedsl_mla":
        run.refuse("`cutedsl_mla` is for decoding only", server(None, 2941))
    if run.major != 10:
        run.refuse("`cutedsl_mla` needs a GPU of compute capability 10", server(None, 2945))
    if run.prefill_backend is None:
        run.put("prefill_backend", "trtllm_mla", "`cutedsl_mla` is for decoding only", server(None, 2963))


def _trtllm_mha(run: Run) -> None:
    prefill, decode = run.backends
    if prefill == "trtllm_mha" and run.major != 10:
        run.refuse("`trtllm_mha` needs a GPU of compute capability 10 for prefill", server(2374, 2977))
    if decode == "trtllm_mha" and run.major not in {9, 10, 12}:
        run.refuse("`trtllm_mha` needs a GPU of compute capability 9, 10 or 12", server(2387, 2990))


_GPUS: dict[str, Callable[[Run], None]] = {
    "trtllm_mla": _trtllm_mla,
    "tokenspeed_mla": _tokenspeed,
    "cutedsl_mla": _cutedsl,
    "trtllm_mha": _trtllm_mha,
}


def flash_attention(run: Run) -> None:
    """`fa3` is asked for the GPU when the workers make their backends."""
    if "fa3" in run.backends and run.major not in {8, 9}:
        run.refuse(
            "`fa3` needs a GPU of compute capability 8 or 9",
            at(
                "srt/layers/attention/attention_registry.py:130",
                "srt/layers/attention/attention_registry.py:186",
            ),
        )


# ── Flags that choose a backend


def deterministic(run: Run) -> None:
    """`_handle_deterministic_inference` (srt/server_args.py:3421 and 4201).

    The old version comes here with a backend chosen; the new one before that.
    """
    if not run.on("enable-deterministic-inference") and run.text("rl-on-policy-target") is None:
        return
    if run.attention_backend is None:
        backend = "flashinfer" if run.major in {10, 12} else "fa3"
        run.put("attention_backend", backend, "the default for deterministic inference", server(3474, 4259))
    elif run.attention_backend not in _DETERMINISTIC:
        run.refuse(f"deterministic inference cannot use `{run.attention_backend}`", server(3481, 4266))
    if run.attention_backend not in _DETERMINISTIC_WITH_CACHE:
        reason = f"deterministic inference has no prefix cache with `{run.attention_backend}`"
        run.put("prefix_cache", False, reason, server(3497, 4282))


def fp4_cache(run: Run) -> None:
    """`_handle_kv4_compatibility` (srt/server_args.py:2467 and 3083)."""
    if run.text("kv-cache-dtype") != "fp4_e2m1":
        return
    prefill, decode = run.backends
    if prefill == "fa4":
        if decode not in _FP4_CACHE_AFTER_FA4:
            run.refuse(f"`{decode}` cannot decode from a cache in fp4_e2m1 after `fa4`", server(2509, 3125))
    elif prefill == decode and run.attention_backend not in _FP4_CACHE:
        run.refuse(f"`{run.attention_backend}` cannot read a cache in fp4_e2m1", server(2537, 3153))


def double_sparsity(run: Run) -> None:
    """Only the old version has it."""
    if run.old and run.on("enable-double-sparsity"):
        reason = "double sparsity has kernels for `triton` only"
        run.put("attention_backend", "triton", reason, at("srt/model_executor/model_runner.py:834", ""))


def host_cache(run: Run) -> None:
    """`_handle_hicache`: the kernels that copy to the host cannot go with `fa3` in decoding."""
    if not run.hierarchical_cache and not run.on("disaggregation-decode-enable-offload-kvcache"):
        return
    layout, copies = run.text("hicache-mem-layout"), run.text("hicache-io-backend") or "kernel"
    if copies != "kernel" or layout == "page_first_direct" or run.decode_backend is not None:
        return
    if run.attention_backend == "fa3":
        reason = "the host-memory cache copies in a way that `fa3` cannot read in decoding"
        run.put("decode_backend", "flashinfer", reason, server(2950, 3853))
