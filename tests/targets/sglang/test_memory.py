"""The engine's arithmetic of memory, against numbers that were worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from targets.sglang.memory import GIB, Fit, Load, fit, slots_of

KIB, MIB = 1024, 1024**2
# 80 layers of 8 heads of 128 numbers, 40 GiB of weights on 4 GPUs of 80 GiB at 0.75:
# 60 GiB of room, 10 GiB of weights, and 2 heads × 2 × 128 × 80 × 2 bytes = 80 KiB a token.
PLAIN = {
    "weights": 40 * GIB,
    "gpu": 80 * GIB,
    "fraction": 0.75,
    "tp_size": 4,
    "attention_layers": 80,
    "kv_heads": 8,
    "head_dim": 128,
    "max_running_requests": 32,
    "context": 64 * KIB,
    "full_context_requests": 10,
}
# 10 layers with 2 heads of 256 numbers, and 96 MiB of state a request: on 4 GPUs each has one head, 10 KiB a
# token and 24 MiB a state. 20 GiB of room less 8.5 GiB of weights leave 11.5 GiB.
HYBRID = {
    "weights": 34 * GIB,
    "gpu": 25 * GIB,
    "fraction": 0.8,
    "tp_size": 4,
    "attention_layers": 10,
    "kv_heads": 2,
    "head_dim": 256,
    "state": 96 * MIB,
    "slots": 3,
    "max_running_requests": 16,
    "context": 128 * KIB,
    "full_context_requests": 4,
}


def of(base: dict[str, Any], **change: Any) -> Fit:
    return fit(Load(**base | change))


def test_a_plain_model():
    found = of(PLAIN)
    assert (found.room, found.weights, found.load.token) == (60 * GIB, 10 * GIB, 80 * KIB)
    # 10 × 65536 tokens of 80 KiB are 50 GiB, and 50 GiB are left.
    assert (found.cache, found.cache_room, found.state, found.state_room) == (50 * GIB, 50 * GIB, 0, 0)
    assert found.fits and found.full_context == 10 and found.at_once == 32
    assert found.needed == found.room


def test_one_request_more_is_too_many():
    found = of(PLAIN, full_context_requests=11)
    assert not found.fits and found.cache == 55 * GIB and found.full_context == 10


def test_the_arithmetic_is_shown_and_what_lacks_is_said():
    assert of(PLAIN).lack == ""
    assert of(PLAIN).arithmetic == (
        "80.0 GiB × 0.75: 60.0 GiB for weights and caches",
        "weights: 10.0 GiB, a part in 4 of 40.0 GiB",
        "cache: 10 × 65536 tokens of 80.0 KiB",
        "",
    )
    assert of(PLAIN, full_context_requests=11).lack == "the cache needs 55.0 GiB and has 50.0 GiB"
    one = of(PLAIN, tp_size=1, weights=70 * GIB)
    assert one.lack == "the weights take 70.0 GiB of a GPU and leave nothing of 60.0 GiB"
    assert one.arithmetic[1] == "weights: 70.0 GiB"


def test_a_hybrid_model_splits_what_is_left():
    found = of(HYBRID)
    assert (found.load.token, found.load.slot) == (10 * KIB, 24 * MIB)
    assert (found.room, found.weights) == (20 * GIB, 8.5 * GIB)
    # 11.5 × 0.9 / 1.9 GiB are 5.447 GiB, which is 232 whole states of 24 MiB; the rest is for tokens.
    assert (found.state_room, found.cache_room) == (232 * 24 * MIB, 6.0625 * GIB)
    # 16 requests keep 3 states each: 1.125 GiB. 4 × 131072 tokens of 10 KiB: 5 GiB.
    assert (found.state, found.cache) == (1.125 * GIB, 5 * GIB)
    assert found.fits and found.at_once == 16 and found.full_context == 4


def test_states_have_a_part_of_their_own_that_tokens_cannot_use():
    """All would fit together, and still too few tokens do: the split does not ask what is needed."""
    found = of(HYBRID, full_context_requests=5)
    assert found.needed <= found.room and not found.fits
    crowded = of(HYBRID, max_running_requests=80)
    assert not crowded.fits and crowded.at_once == 77, "232 states are 77 requests of 3"
    assert of(HYBRID, full_context_requests=5, state_ratio=0.5).fits


@pytest.mark.parametrize("ratio", [-1, 0, float("inf"), 1e300])
def test_a_ratio_that_makes_no_sense_is_a_fit_that_is_none(ratio: float):
    found = of(HYBRID, state_ratio=ratio)
    assert not found.fits and found.lack


def test_the_states_of_a_hybrid_model_are_told_from_its_cache():
    assert of(HYBRID).arithmetic[3] == "states: 16 × 3 of 24.0 MiB"
    assert of(HYBRID, max_running_requests=80).lack == "the states need 5.6 GiB and have 5.4 GiB"


def test_without_a_prefix_cache_states_are_as_many_as_requests():
    found = of(HYBRID, pooled=False, slots=1)
    assert found.state_room == found.state == 16 * 24 * MIB
    assert found.cache_room == found.room - found.weights - found.state


def test_each_gpu_has_at_least_one_head():
    assert (
        of(PLAIN, kv_heads=2, tp_size=8).load.token == of(PLAIN, kv_heads=8, tp_size=8).load.token == 40 * KIB
    )
    assert of(PLAIN, kv_heads=8, tp_size=2).load.token == 160 * KIB


def test_a_pipeline_shares_layers_and_weights():
    found = of(PLAIN, tp_size=2, pp_size=2)
    assert (found.weights, found.load.token) == (10 * GIB, 80 * KIB)
    assert of(PLAIN, pp_size=3).load.token == 2 * 2 * 128 * 27 * 2, "27 of 80 layers on the fullest stage"


def test_replicas_share_requests():
    found = of(PLAIN, dp_size=2)
    assert found.load.tokens == 5 * 64 * KIB and found.weights == 10 * GIB
    assert found.full_context == 20 and found.load.requests == 32


def test_replicas_that_share_gpus_have_fewer_gpus_for_their_attention():
    found = of(PLAIN, dp_size=2, shared=True)
    assert (found.load.attention_tp, found.load.token, found.load.requests) == (2, 160 * KIB, 16)
    assert of(PLAIN, dp_size=8, shared=True).load.attention_tp == 1


def test_a_request_takes_whole_pages():
    assert of(PLAIN, context=1000, page_size=64, full_context_requests=2).load.tokens == 2 * 1024
    assert of(PLAIN, context=1024, page_size=64, full_context_requests=2).load.tokens == 2 * 1024


def test_a_smaller_cache_type():
    assert of(PLAIN, cache_element=1).load.token == 40 * KIB and of(PLAIN, cache_element=1).full_context == 20


@pytest.mark.parametrize(
    ("pooled", "strategy", "overlap", "slots"),
    [
        (False, "no_buffer", True, 1),
        (False, "extra_buffer", True, 1),
        (True, "no_buffer", False, 3),
        (True, "auto", False, 3),
        (True, "extra_buffer", True, 5),
        (True, "extra_buffer", False, 4),
        (True, "extra_buffer_lazy", True, 4),
    ],
)
def test_states_a_request(pooled: bool, strategy: str, overlap: bool, slots: int):
    assert slots_of(pooled=pooled, strategy=strategy, overlap_scheduling=overlap) == slots
