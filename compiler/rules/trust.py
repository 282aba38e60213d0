"""Code that nobody here has written or pinned, and that would run on a worker."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def runs_no_other_code(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No code of the model's repository runs, but by a waiver."""
    if serving.trust_remote_code:
        yield Finding(
            ("serving", key, "trust_remote_code"),
            f"`{key}` runs Python that comes with `{serving.model}`, with all that the engine may do",
            "write false, where the release knows the model; or waive this, and say who has read that code",
            related=(Related("its repository", ("models", serving.model, "repository")),),
        )


RULES = (
    Rule(
        "DN135",
        each(Runtime.profiles, runs_no_other_code),
        "whoever can change the repository runs what they like beside everybody's prompts (sglang:"
        " --trust-remote-code)",
        waivable=True,
    ),
)
