"""What the engine demands of a spec: its argument table, what it would really run, and what fits its GPUs."""

from __future__ import annotations

from targets.sglang.rules import arguments, effective, locks, logs, memory, quantization, served

RULES = (
    *arguments.RULES,
    *effective.RULES,
    *locks.RULES,
    *logs.RULES,
    *memory.RULES,
    *quantization.RULES,
    *served.RULES,
)
