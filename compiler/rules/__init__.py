"""Stage 3: what a runtime must be beyond its fields; one function a rule, each with a code and a reason.

Rules about the runtime stand here, one module a concern. What only one consumer demands (an engine's
arguments, a client's settings) stands with that consumer's target, and is handed in with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain, islice

from compiler.diagnostics import Diagnostic
from compiler.rule import Finding, Rule
from compiler.rules import (
    addresses,
    clients,
    cutover,
    endpoints,
    features,
    hardware,
    hygiene,
    ports,
    proxy,
    recovery,
    rehydration,
    roles,
    route_sync,
    routes,
    secrets,
    storage,
    waivers,
)
from compiler.rules.because import because
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.unknown import Unknown, hiding

_MODULES = (
    addresses,
    clients,
    cutover,
    endpoints,
    features,
    hardware,
    hygiene,
    ports,
    proxy,
    recovery,
    rehydration,
    roles,
    route_sync,
    routes,
    secrets,
    storage,
)


# More findings of one rule than a person would read: only hostile specs have so many.
_MOST = 200


def _by_code(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.code))


RULES: tuple[Rule, ...] = _by_code([*chain.from_iterable(one.RULES for one in _MODULES)])


def check(
    runtime: Runtime, more: Sequence[Rule] = (), hidden: AbstractSet[SpecPath] = frozenset()
) -> list[Diagnostic]:
    """The findings of every rule that are not waived, in the order of their codes, and those about waivers.

    Args:
        runtime: the spec; with mistakes in it, stand-ins are where they are.
        more: the rules of consumers.
        hidden: the places of the stand-ins; a rule that reads one has nothing to say about it.
    """
    rules = _by_code([*RULES, *more])
    found: list[waivers.Found] = []
    partial: set[str] = set()
    for rule in rules:
        with hiding(hidden) as met:
            found += [(rule, one) for one in _findings(rule, runtime, partial if hidden else None)]
        partial |= {rule.code} if met else set()
    kept, about = waivers.apply(runtime, rules, found, partial)
    return [*(_diagnostic(runtime, rule, one) for rule, one in kept), *about]


def _findings(rule: Rule, runtime: Runtime, partial: set[str] | None) -> Iterator[Finding]:
    """What a rule finds; in a spec with mistakes, one that cannot go on is added to `partial`."""
    try:
        yield from islice(rule.check(runtime), _MOST)
    except Unknown:
        return
    except (LookupError, StopIteration, AttributeError):
        if partial is None:
            raise
        # A mistake elsewhere has taken away, or made something else of, what is looked up.
        partial.add(rule.code)


def _diagnostic(runtime: Runtime, rule: Rule, found: Finding) -> Diagnostic:
    return Diagnostic(
        rule.code,
        found.message,
        path=found.path,
        on_key=found.on_key,
        reason=rule.reason,
        help=found.help,
        severity=found.severity or rule.severity,
        secret=found.secret,
        related=(*found.related, *because(runtime, found.path)),
        edits=found.edits,
    )
