"""The targets, in the order in which they are read: one folder a concern."""

from __future__ import annotations

from compiler.artifact import Target

TARGETS: tuple[Target, ...] = ()
