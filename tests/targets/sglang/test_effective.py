"""What the engine really runs: each correction on and off."""

from __future__ import annotations

from typing import Any

import pytest

from targets.sglang.effective import VERSIONS, Effective, Profile, effective

OLD, NEW = VERSIONS
GIB = 1024**3


def run(version: str, **given: Any) -> Effective:
    """A profile on a GPU of compute capability 8.9 with 24 GiB, unless it says otherwise."""
    arguments = {name.replace("_", "-"): value for name, value in given.pop("also", {}).items()}
    profile = {"capability": 89, "gpu_bytes": 24 * GIB, "attention_backend": "flashinfer", **given}
    found = effective(version, Profile(**profile, arguments=arguments))
    assert found is not None
    return found


def reasons(found: Effective) -> str:
    return "; ".join(refusal.reason for refusal in found.refusals)


def test_a_version_that_nobody_read_is_not_guessed():
    assert effective("0.5.23", Profile(capability=89)) is None
    assert effective("0.5.11", Profile(capability=89)) is None


@pytest.mark.parametrize("version", VERSIONS)
def test_a_plain_profile_is_left_alone(version: str):
    found = run(version, page_size=1)
    assert (found.overlap_scheduling, found.prefix_cache, found.continuous_batching) == (True, True, True)
    assert (found.page_size, found.attention_backend, found.decode_backend) == (1, "flashinfer", "flashinfer")
    assert found.chunked_prefill_size == 2048 and not found.mixed_chunk
    assert found.refusals == () and found.changes == () and found.because("overlap_scheduling") is None


# ── Hybrid models


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("strategy", [None, "auto", "no_buffer"])
def test_no_buffer_costs_overlap_scheduling(version: str, strategy: str | None):
    found = run(version, hybrid=True, strategy=strategy, page_size=1)
    assert (found.overlap_scheduling, found.prefix_cache, found.refusals) == (False, True, ())
    change = found.because("overlap_scheduling")
    assert change is not None and "`no_buffer` turns overlap scheduling off" in change.reason
    assert change.source == f"srt/server_args.py:{2196 if version == OLD else 2734}"


@pytest.mark.parametrize("version", VERSIONS)
def test_overlap_scheduling_stays_with_a_buffer_or_without_a_cache(version: str):
    assert run(version, hybrid=True, strategy="extra_buffer", page_size=1).overlap_scheduling
    without = run(version, hybrid=True, strategy="no_buffer", prefix_cache=False)
    assert without.overlap_scheduling and not without.prefix_cache
    assert run(version, strategy="no_buffer").overlap_scheduling, "not a hybrid model"


def test_pages_of_no_buffer():
    assert "needs pages of one token, not 16" in reasons(run(OLD, hybrid=True, page_size=16))
    found = run(NEW, hybrid=True, page_size=16)
    assert found.page_size == 1 and found.refusals == ()
    assert run(NEW, hybrid=True, page_size=16, prefix_cache=False).page_size == 16


@pytest.mark.parametrize(
    ("page", "interval", "why"),
    [
        (1, 256, ""),
        (64, 256, ""),
        (256, 256, ""),
        (48, 256, "not a multiple"),
        (512, 256, "not a multiple"),
        (48, 480, "neither divides 64"),
        (128, 262144, ""),
        (16, 1000, "not a multiple"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_pages_of_extra_buffer(version: str, page: int, interval: int, why: str):
    also = {"mamba_track_interval": interval, "chunked_prefill_size": page * 64}
    found = run(version, hybrid=True, strategy="extra_buffer", page_size=page, also=also)
    assert why in reasons(found) and bool(found.refusals) == bool(why)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_hybrid_model_refuses(version: str):
    found = run(version, hybrid=True, strategy="extra_buffer", prefix_cache=False)
    assert "`extra_buffer` cannot be used with the prefix cache off" in reasons(found)
    found = run(version, hybrid=True, also={"speculative_algorithm": "NEXTN"})
    assert "needs `extra_buffer`" in reasons(found)
    found = run(version, hybrid=True, capability=100, attention_backend="torch_native")
    assert "on this GPU a hybrid model runs with triton" in reasons(found)


def test_the_lazy_buffer_is_for_overlap_scheduling():
    lazy = {"hybrid": True, "strategy": "extra_buffer_lazy", "page_size": 1}
    assert run(NEW, **lazy).overlap_scheduling
    assert "needs overlap scheduling" in reasons(run(NEW, **lazy, overlap_scheduling=False))
    assert "draft" not in reasons(run(NEW, **lazy))
    drafts = {"speculative_algorithm": "EAGLE", "speculative_num_draft_tokens": 4}
    assert "cannot be used with speculative" in reasons(run(NEW, **lazy, also=drafts))


def test_trtllm_takes_the_prefix_cache_of_no_buffer_and_gives_overlap_back():
    found = run(NEW, hybrid=True, capability=100, attention_backend="trtllm_mha", overlap_scheduling=False)
    assert (found.prefix_cache, found.overlap_scheduling, found.page_size) == (False, True, 64)


# ── Backends and pages


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("capability", "backend"),
    [(80, "flashinfer"), (89, "flashinfer"), (90, "fa3"), (100, "trtllm_mha"), (120, "flashinfer")],
)
def test_the_default_backend_is_the_gpus(version: str, capability: int, backend: str):
    found = run(version, capability=capability, attention_backend=None)
    assert found.attention_backend == backend and found.refusals == ()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("capability", "runs"), [(75, False), (80, True), (89, True), (90, True), (100, False)]
)
def test_fa3_has_its_gpus(version: str, capability: int, runs: bool):
    found = run(version, capability=capability, attention_backend="fa3")
    assert (reasons(found) == "") == runs and ("`fa3` needs" in reasons(found)) != runs


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("backend", "asked", "page"),
    [("flashmla", 1, 64), ("cutlass_mla", 64, 128), ("trtllm_mla", 16, 64), ("trtllm_mha", 1, 64)],
)
def test_a_backend_has_its_pages(version: str, backend: str, asked: int, page: int):
    found = run(version, capability=100, attention_backend=backend, page_size=asked)
    change = found.because("page_size")
    assert found.page_size == page and change is not None and f"`{backend}` has pages" in change.reason
    assert (
        run(version, capability=100, attention_backend=backend, page_size=page).because("page_size") is None
    )


@pytest.mark.parametrize("version", VERSIONS)
def test_a_backend_that_cannot_read_the_cache_is_replaced(version: str):
    assert (
        run(version, attention_backend="fa3", also={"kv_cache_dtype": "fp8_e5m2"}).attention_backend
        == "triton"
    )
    assert (
        run(version, attention_backend="fa3", also={"kv_cache_dtype": "fp8_e4m3"}).attention_backend == "fa3"
    )
    assert "fp4_e2m1" in reasons(run(version, also={"kv_cache_dtype": "fp4_e2m1"}))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_host_memory_cache_takes_fa3_from_decoding(version: str):
    found = run(version, attention_backend="fa3", hierarchical_cache=True)
    assert (found.attention_backend, found.decode_backend) == ("fa3", "flashinfer")
    direct = run(
        version, attention_backend="fa3", hierarchical_cache=True, also={"hicache_io_backend": "direct"}
    )
    assert direct.decode_backend == "fa3"
    assert "prefix cache off" in reasons(run(version, hierarchical_cache=True, prefix_cache=False))


@pytest.mark.parametrize("version", VERSIONS)
def test_split_backends_count_one_by_one(version: str):
    also = {"decode_attention_backend": "triton"}
    found = run(version, also=also)
    assert (found.attention_backend, found.decode_backend) == ("flashinfer", "triton")
    both = {"prefill_attention_backend": "triton", **also}
    assert run(version, also=both).attention_backend == "triton"


# ── Parallelism, speculation, modes


@pytest.mark.parametrize("version", VERSIONS)
def test_a_pipeline_costs_overlap_scheduling(version: str):
    found = run(version, tp_size=2, pp_size=2)
    assert not found.overlap_scheduling and found.gpus == 4 and found.refusals == ()
    change = found.because("overlap_scheduling")
    assert change is not None and change.reason == "pipeline parallelism has no overlap scheduling"


def test_mixed_chunks_in_a_pipeline():
    also = {"enable_mixed_chunk": True}
    assert "mixed chunks" in reasons(run(OLD, pp_size=2, also=also))
    assert reasons(run(NEW, pp_size=2, also=also)) == ""


@pytest.mark.parametrize("version", VERSIONS)
def test_data_parallel_attention_shares_chunks_and_gpus(version: str):
    also = {"enable_dp_attention": True}
    found = run(version, tp_size=4, dp_size=2, also=also)
    assert (found.chunked_prefill_size, found.gpus) == (1024, 4)
    assert run(version, tp_size=4, dp_size=2).gpus == 8
    assert run(version, tp_size=4, also=also).chunked_prefill_size == 2048
    assert "multiple of dp 3" in reasons(run(version, tp_size=4, dp_size=3, also=also))


@pytest.mark.parametrize(
    ("algorithm", "old", "new"),
    [("EAGLE", False, True), ("NEXTN", False, True), ("STANDALONE", False, True), ("NGRAM", False, False)],
)
def test_speculative_decoding_and_overlap(algorithm: str, old: bool, new: bool):
    also = {"speculative_algorithm": algorithm, "enable_mixed_chunk": True}
    for version, kept in ((OLD, old), (NEW, new)):
        found = run(version, also=also)
        assert found.overlap_scheduling is kept and not found.mixed_chunk, (version, algorithm)


def test_algorithms_of_the_new_version_only():
    for algorithm in ("DFLASH", "FROZEN_KV_MTP"):
        assert not run(NEW, also={"speculative_algorithm": algorithm}).overlap_scheduling


@pytest.mark.parametrize("version", VERSIONS)
def test_deterministic_inference_keeps_the_prefix_cache_with_some_backends(version: str):
    also = {"enable_deterministic_inference": True}
    assert not run(version, also=also).prefix_cache
    assert run(version, attention_backend="triton", also=also).prefix_cache
    assert "cannot use `torch_native`" in reasons(run(version, attention_backend="torch_native", also=also))


@pytest.mark.parametrize("version", VERSIONS)
def test_modes_without_a_prefix_cache(version: str):
    assert not run(version, also={"disaggregation_mode": "decode"}).prefix_cache
    assert run(version, also={"disaggregation_mode": "prefill"}).prefix_cache
    assert not run(version, attention_backend="dual_chunk_flash_attn").prefix_cache
    assert not run(version, also={"disable_radix_cache": True}).prefix_cache


def test_multi_item_scoring():
    found = run(NEW, also={"enable_mis": True})
    assert (found.prefix_cache, found.chunked_prefill_size) == (False, -1)
    assert "needs the prefix cache off" in reasons(run(OLD, also={"multi_item_scoring_delimiter": 5}))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_diffusion_model_has_no_overlap_scheduling(version: str):
    found = run(version, attention_backend="triton", also={"dllm_algorithm": "LowConfidence"})
    assert (found.overlap_scheduling, found.attention_backend) == (False, "flashinfer")


def test_double_sparsity_is_triton():
    assert run(OLD, also={"enable_double_sparsity": True}).attention_backend == "triton"


# ── Chunks


@pytest.mark.parametrize(
    ("gib", "tokens"), [(16, 2048), (24, 2048), (40, 4096), (80, 8192), (141, 8192), (180, 16384)]
)
def test_a_chunk_is_as_large_as_the_gpu_allows(gib: int, tokens: int):
    assert {run(version, gpu_bytes=gib * GIB).chunked_prefill_size for version in VERSIONS} == {tokens}


@pytest.mark.parametrize("version", VERSIONS)
def test_chunks_are_whole_pages(version: str):
    assert "multiple of the page size" in reasons(
        run(version, page_size=64, also={"chunked_prefill_size": 1000})
    )
    assert run(version, page_size=64, also={"chunked_prefill_size": 1024}).refusals == ()
    assert run(version, page_size=64, also={"chunked_prefill_size": -1}).refusals == ()
    unknown = run(version, page_size=48, gpu_bytes=None)
    assert unknown.chunked_prefill_size is None and unknown.refusals == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_flags_that_need_a_feature(version: str):
    also = {"enable_prefill_delayer": True}
    assert run(version, also=also).refusals == ()
    assert "needs overlap scheduling" in reasons(run(version, pp_size=2, also=also))
    assert "`enable-pdmux`" in reasons(run(version, also={"enable_pdmux": True}))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("value", [0, -1, True, "x", 1.5, None, 10**18])
def test_values_of_other_types_end_in_no_traceback(version: str, value: object):
    names = ("page_size", "mamba_track_interval", "data_parallel_size", "tensor_parallel_size")
    more = ("chunked_prefill_size", "speculative_eagle_topk", "kv_cache_dtype", "speculative_algorithm")
    also = {**dict.fromkeys((*names, *more), value), "enable_dp_attention": True}
    assert run(version, hybrid=True, strategy="extra_buffer", also=also).page_size >= 1
