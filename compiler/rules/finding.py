"""What a rule's function yields; code and reason are the rule's own."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.spec.path import SpecPath


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a rule is broken, in words, and what to write instead."""

    path: SpecPath
    message: str
    help: str
    on_key: bool = False
