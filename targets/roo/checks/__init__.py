"""What an editor will make of its settings file: by schema, by what its import does, and by its own code."""

from __future__ import annotations

from compiler.verify.check import Check
from targets.roo.checks import imported, own, schema

CHECKS: tuple[Check, ...] = (*schema.CHECKS, *imported.CHECKS, *own.CHECKS)
