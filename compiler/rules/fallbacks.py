"""Kernels to fall back to by hand, when the first choice fails at night (truth book, sections 3 and 5)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def another_backend(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """A fallback is another backend than the one that failed."""
    place: SpecPath = ("serving", key, "features")
    for index, fallback in enumerate(serving.features.attention_fallbacks):
        if fallback == serving.features.attention_backend:
            path = (*place, "attention_fallbacks", index)
            yield Finding(
                path,
                f"`{fallback}` is what fails when somebody looks for a fallback",
                "take it out, or name another backend",
                related=(Related("the backend", (*place, "attention_backend")),),
                edits=(Edit(path, None),),
            )


RULES = (
    Rule(
        "DN143",
        each(Runtime.profiles, another_backend),
        "operators choose from this list by hand when the backend fails (truth book, section 5)",
    ),
)
