"""Models that keep a state: what says so is written once, and nothing contradicts it (sections 5 and 13)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.models import Primary
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def _tables(runtime: Runtime) -> Iterator[tuple[str, Primary | Serving]]:
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Primary):
            yield key, model
    yield from runtime.profiles()


def said_of_both(runtime: Runtime, key: str, entry: Primary | Serving) -> Iterator[Finding]:
    """A model with a state among its figures is hybrid, and only a hybrid one has a strategy for states."""
    yield from _of_model(key, entry) if isinstance(entry, Primary) else _of_profile(runtime, key, entry)


def _of_model(key: str, model: Primary) -> Iterator[Finding]:
    state = model.memory.state_bytes if model.memory else None
    if state is not None and not model.hybrid:
        yield Finding(
            ("models", key, "hybrid"),
            f"`{key}` is said to keep no state, and its figures have one of {state.value} bytes a request",
            "write true; or take `state_bytes` out, if no layer keeps a state",
            related=(Related("the state", ("models", key, "memory", "state_bytes")),),
        )


def _of_profile(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    if serving.mamba_scheduler_strategy is not None and not runtime.is_hybrid(serving):
        yield Finding(
            ("serving", key, "mamba_scheduler_strategy"),
            f"`{key}` has a strategy for states, and its model `{serving.model}` is said to keep none",
            f"write `hybrid: true` in `models.{serving.model}`; or null here, if no layer keeps a state",
            related=(Related("the model", ("models", serving.model, "hybrid")),),
        )


RULES = (
    Rule(
        "DN140",
        each(_tables, said_of_both),
        "the engine switches features off for a hybrid model, and spilling its cache killed a rank "
        "(truth book, sections 5 and 13)",
    ),
)
