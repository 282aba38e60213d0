"""The consumers that know nothing of a target: a format's own readers."""

from __future__ import annotations

from compiler.verify.check import Check
from compiler.verify.consumers import (
    crossplane,
    env,
    gixy,
    json,
    nginx,
    programs,
    python,
    secrets,
    shell,
    ssh,
    systemd,
)

CHECKS: tuple[Check, ...] = (
    *nginx.CHECKS,
    *gixy.CHECKS,
    *crossplane.CHECKS,
    *systemd.CHECKS,
    *shell.CHECKS,
    *python.CHECKS,
    *programs.CHECKS,
    *env.CHECKS,
    *json.CHECKS,
    *ssh.CHECKS,
    *secrets.CHECKS,
)
"""In the order of the report; targets add their own (targets/checks.py)."""
