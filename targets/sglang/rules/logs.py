"""What the engine writes to the journal."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rule import Finding, Rule, each
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def keeps_keys_to_itself(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Neither its arguments, keys included, nor anybody's prompts are printed by the engine."""
    if serving.log_level in ("info", "debug"):
        yield Finding(
            ("serving", key, "log_level"),
            f"at `{serving.log_level}` the engine prints its arguments, API keys included, into the journal",
            "write warning; for a trial, waive this and give the keys anew afterwards",
        )
    if serving.arguments.get("log-requests") is True:
        yield Finding(
            ("serving", key, "arguments", "log-requests"),
            "the engine prints everybody's prompts and answers into the journal, with what is secret in them",
            "take it out; for a trial, waive this and clear the journal afterwards",
            on_key=True,
        )


RULES = (
    Rule(
        "DN312",
        each(Runtime.profiles, keeps_keys_to_itself),
        "no secret may enter a log (facts: secrets)",
        waivable=True,
    ),
)
