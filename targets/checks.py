"""The consumers that a target alone knows, in the order of the report; only `verify` imports this."""

from __future__ import annotations

from compiler.verify.check import Check
from targets.common import checks as common
from targets.policies import checks as policies
from targets.roo import checks as roo
from targets.sglang import checks as sglang

CHECKS: tuple[Check, ...] = (
    *common.CHECKS,
    *policies.CHECKS,
    *sglang.CHECKS,
    *roo.CHECKS,
)
