"""A hybrid model's state in the prefix cache: right, or not there (truth book, sections 5 and 13)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

# Read in the wheels of the releases, not reproduced on a GPU (docs/decisions/0002).
_STORES_WRONG = {
    "0.5.10.post1": "copies a chunk's last state before it is written (the engine's issue 24221)",
    "0.5.13.post1": "has the mend of issue 24221, and a second fault of the kind at decode boundaries",
}


def state_is_written_first(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No strategy that stores a state in the prefix cache before it is there."""
    strategy = serving.mamba_scheduler_strategy
    fault = _STORES_WRONG.get(runtime.engine.version)
    if fault and strategy == "extra_buffer" and serving.features.prefix_cache and runtime.is_hybrid(serving):
        yield Finding(
            ("serving", key, "mamba_scheduler_strategy"),
            f"with `{strategy}` and a prefix cache, release {runtime.engine.version} {fault}",
            "write `no_buffer`, with `overlap_scheduling: false` and DN046 waived; or waive this, and say how"
            " answers were compared",
            related=(Related("a hybrid model", ("models", serving.model, "hybrid")),),
        )


RULES = (
    Rule(
        "DN318",
        each(Runtime.profiles, state_is_written_first),
        "prompts that share a prefix are answered wrongly, and nothing says so (truth book, section 5)",
        waivable=True,
    ),
)
