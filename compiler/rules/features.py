"""Required features of the runtime (truth book, section 5)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def required_features(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Each feature that section 5 requires is on."""
    for name in ("prefix_cache", "overlap_scheduling"):
        if not getattr(serving.features, name):
            yield Finding(
                ("serving", key, "features", name),
                f"the required feature `{name}` is off",
                f"write true; or waive this beside it, and say why `{name}` is off",
            )


def hybrid_cache(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """A hybrid model has no host-memory cache."""
    if serving.hierarchical_cache and runtime.is_hybrid(serving):
        path: SpecPath = ("serving", key, "hierarchical_cache")
        yield Finding(
            path,
            f"`{key}` serves a hybrid model with the host-memory cache",
            "write false",
            related=(Related("it is said to be hybrid", ("models", serving.model, "hybrid")),),
            edits=(Edit(path, "false"),),
        )


RULES = (
    Rule(
        "DN046",
        each(Runtime.profiles, required_features),
        "the feature is required (truth book, section 5); whoever is up at night must know why it is off",
        waivable=True,
    ),
    Rule(
        "DN058",
        each(Runtime.profiles, hybrid_cache),
        "this path killed a rank of the engine when it was tried (truth book, section 13)",
    ),
)
