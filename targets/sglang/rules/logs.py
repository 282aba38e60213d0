"""What the engine writes to the journal."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.rule import Finding, Rule, each
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def keeps_keys_to_itself(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """The log level is above the one at which the engine prints its arguments, keys included."""
    if serving.log_level in ("info", "debug"):
        yield Finding(
            ("serving", key, "log_level"),
            f"at `{serving.log_level}` the engine prints its arguments, API keys included, into the journal",
            "write warning; for a trial, waive this and give the keys anew afterwards",
        )


RULES = (
    Rule(
        "DN312",
        each(Runtime.profiles, keeps_keys_to_itself),
        "no secret may enter a log (facts: secrets)",
        waivable=True,
    ),
)
