"""What the engine will make of its launch words, read from each worker's launch.json."""

from __future__ import annotations

from compiler.verify.check import Check
from targets.sglang.checks import parser, words

CHECKS: tuple[Check, ...] = (*words.CHECKS, *parser.CHECKS)
