"""What start-up does for a hybrid model, whose layers keep a state beside the cache of tokens.

`_handle_mamba_radix_cache` (srt/server_args.py:2123 and 2661) for models that it lets have a prefix cache.
Not known here: models without one at all, and those that refuse `extra_buffer`; both depend on the
architecture.
"""

from __future__ import annotations

from targets.sglang.coercion.attention import blackwell_default
from targets.sglang.coercion.run import Run, at, server

TRACK_INTERVAL = 256
CHUNK = 64


def strategy(run: Run) -> None:
    """`auto` is `no_buffer`."""
    if run.hybrid and run.strategy == "auto":
        run.put("strategy", "no_buffer", "`auto` is `no_buffer` in this version", server(967, 1228))


def mamba(run: Run) -> None:
    """What each strategy does to the prefix cache and to overlap scheduling."""
    if not run.hybrid:
        return
    _default_backend(run)
    if run.old and run.text("linear-attn-decode-backend") == "flashinfer" and run.strategy == "no_buffer":
        run.refuse(
            "`linear-attn-decode-backend: flashinfer` cannot be used with `no_buffer`", server(2158, None)
        )
    if run.buffered:
        _buffered(run)
    elif run.prefix_cache:
        _without_buffer(run)


def _default_backend(run: Run) -> None:
    """On Blackwell a hybrid model has a default of its own, chosen in lines 1969 and 2494."""
    if run.major == 10 and run.attention_backend is None:
        plain = run.prefix_cache and not run.buffered and run.drafts is None
        best = blackwell_default(run)
        backend = "triton" if plain or best != "trtllm_mha" else best
        run.put("attention_backend", backend, "the default for hybrid models on this GPU", server(2135, 2679))


def _buffered(run: Run) -> None:
    if not run.prefix_cache:
        run.refuse("`extra_buffer` cannot be used with the prefix cache off", server(2167, 2698))
    interval = run.number("mamba-track-interval") or TRACK_INTERVAL
    drafts = run.number("speculative-num-draft-tokens")
    if drafts is not None and run.strategy == "extra_buffer_lazy":
        run.refuse("`extra_buffer_lazy` cannot be used with speculative decoding", server(None, 2708))
    if drafts is not None and interval < drafts:
        run.refuse(
            f"`mamba-track-interval` {interval} is less than {drafts} draft tokens", server(2177, 2712)
        )
    _pages(run, interval)


def _pages(run: Run, interval: int) -> None:
    page = run.page_size
    if page is None:
        return
    if interval % page:
        run.refuse(
            f"`mamba-track-interval` {interval} is not a multiple of the page size {page}", server(2182, 2717)
        )
    if max(CHUNK, page) % min(CHUNK, page):
        run.refuse(
            f"the page size {page} neither divides {CHUNK} nor is a multiple of it", server(2185, 7396)
        )


def _without_buffer(run: Run) -> None:
    if not run.old and run.page_size is not None:
        reason = "`no_buffer` with the prefix cache has pages of one token"
        run.put("page_size", 1, reason, server(None, 2728))
    if run.drafts is not None:
        run.refuse(
            "a hybrid model with speculative decoding and the prefix cache needs `extra_buffer`",
            server(2206, 2754),
        )
        return
    reason = "with the prefix cache on, `no_buffer` turns overlap scheduling off"
    run.put("overlap_scheduling", False, reason, server(2196, 2734))
    if run.attention_backend == "trtllm_mha":
        reason = "`trtllm_mha` has no pages of one token, which `no_buffer` needs for a prefix cache"
        run.put("prefix_cache", False, reason, server(2202, 2740))
        run.put("overlap_scheduling", True, "without a prefix cache it is turned on", server(2203, 2741))


def linear_attention(run: Run) -> None:
    """`_handle_linear_attn_backend` (srt/server_args.py:2583 and 3218)."""
    decode = run.text("linear-attn-decode-backend") or run.text("linear-attn-backend")
    if decode == "flashinfer" and run.major >= 10 and run.text("mamba-ssm-dtype") != "bfloat16":
        reason = "linear attention in `flashinfer` needs `mamba-ssm-dtype: bfloat16` on this GPU"
        run.refuse(reason, server(2594, 3244))


def radix_cache(run: Run) -> None:
    """The cache itself insists on its page size, whatever has changed it since."""
    unified = not run.old and run.hierarchical_cache
    if run.hybrid and run.prefix_cache and not run.buffered and not unified and run.page_size != 1:
        run.refuse(
            f"`no_buffer` with the prefix cache needs pages of one token, not {run.page_size}",
            at("srt/mem_cache/mamba_radix_cache.py:436", "srt/mem_cache/mamba_radix_cache.py:438"),
        )


def lazy_buffer(run: Run) -> None:
    """`_calculate_mamba_ratio`, when the pool is made."""
    if run.hybrid and run.strategy == "extra_buffer_lazy" and run.prefix_cache and not run.overlap_scheduling:
        reason = "`extra_buffer_lazy` needs overlap scheduling"
        run.refuse(reason, at("", "srt/model_executor/model_runner_kv_cache_mixin.py:247"))


def backend(run: Run) -> None:
    """On Blackwell the layers with a state run beside four backends only."""
    allowed = ("triton", "trtllm_mha", "fa4", "flashinfer")
    if run.hybrid and run.blackwell and run.attention_backend not in allowed:
        run.refuse(
            f"on this GPU a hybrid model runs with {', '.join(allowed)} only, not {run.attention_backend}",
            at(
                "srt/layers/attention/attention_registry.py:209",
                "srt/layers/attention/attention_registry.py:287",
            ),
        )
