"""Required features of the runtime (truth book, section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rules.finding import Finding
from compiler.spec.runtime import Runtime


def waived_with_reason(runtime: Runtime) -> Iterator[Finding]:
    """Each feature that is `waived` has a text of its own under `why:`."""
    for key, serving in sorted(runtime.serving.items()):
        features = serving.features
        reasons = features.why if isinstance(features.why, dict) else {}
        for name in ("prefix_cache", "overlap_scheduling"):
            if getattr(features, name) == "waived" and name not in reasons:
                yield Finding(
                    ("serving", key, "features", name),
                    f"`{name}` is waived and nothing says why",
                    f"add `why: {{{name}: …}}` beside it, or write `required`",
                )


def engine_keeps_overlap(runtime: Runtime) -> Iterator[Finding]:
    """Overlap scheduling is not required of a strategy with which the engine turns it off by itself."""
    for key, serving in sorted(runtime.serving.items()):
        both = serving.features.prefix_cache == serving.features.overlap_scheduling == "required"
        if both and serving.mamba_scheduler_strategy == "no_buffer":
            yield Finding(
                ("serving", key, "features", "overlap_scheduling"),
                "with the prefix cache on, `no_buffer` turns overlap scheduling off, and only logs a warning",
                "write `waived` and why, or another `mamba_scheduler_strategy`",
            )


def hybrid_cache(runtime: Runtime) -> Iterator[Finding]:
    """No host-memory cache for a hybrid model, and one token a page with `no_buffer`."""
    for key, serving in sorted(runtime.serving.items()):
        if serving.mamba_scheduler_strategy is not None and serving.hierarchical_cache:
            path = ("serving", key, "hierarchical_cache")
            yield Finding(path, f"`{key}` serves a hybrid model with the host-memory cache", "write false")
        if serving.mamba_scheduler_strategy == "no_buffer" and serving.page_size != 1:
            path = ("serving", key, "page_size")
            yield Finding(path, f"`no_buffer` needs pages of one token, not {serving.page_size}", "write 1")
