"""What the engine demands of a spec: its argument table, what it would really run, and what fits its GPUs."""

from __future__ import annotations

from targets.sglang.rules import (
    arguments,
    effective,
    gpus,
    locks,
    logs,
    memory,
    parsers,
    quantization,
    served,
    staged,
    state,
)

RULES = (
    *arguments.RULES,
    *effective.RULES,
    *gpus.RULES,
    *locks.RULES,
    *logs.RULES,
    *memory.RULES,
    *parsers.RULES,
    *quantization.RULES,
    *served.RULES,
    *staged.RULES,
    *state.RULES,
)
