"""Stage 3: what a runtime must be beyond its fields; one function a rule, each with a code and a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic
from compiler.rules import roles
from compiler.rules.finding import Finding
from compiler.spec.runtime import Runtime


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable code, what it wants, why, and the function that finds where it is broken."""

    code: str
    title: str
    reason: str
    check: Callable[[Runtime], Iterable[Finding]]


RULES: tuple[Rule, ...] = (
    Rule(
        "DN040",
        "every worker serves exactly one profile",
        "a worker runs one engine, and one that serves nothing is a machine that nobody uses (truth book, section 14)",
        roles.one_profile_a_worker,
    ),
    Rule(
        "DN041",
        "a runtime has a control plane and an ingress",
        "without them no route is kept or served (truth book, section 2)",
        roles.roles_are_filled,
    ),
    Rule(
        "DN042",
        "facts that come from AWS need the account's section",
        "discovery, parameters and buckets are looked up in a region",
        roles.aws_is_described,
    ),
)


def check(runtime: Runtime) -> Iterator[Diagnostic]:
    """The findings of every rule, in the order of their codes."""
    for rule in RULES:
        for found in rule.check(runtime):
            yield Diagnostic(
                rule.code, found.message, path=found.path, on_key=found.on_key, reason=rule.reason, help=found.help
            )
