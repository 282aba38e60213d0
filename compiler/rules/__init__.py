"""Stage 3: what a runtime must be beyond its fields; one function a rule, each with a code and a reason.

Rules about the runtime stand here, one module a concern. What only one consumer demands (an engine's
arguments, a client's settings) stands with that consumer's target, and is handed in with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain

from compiler.diagnostics import Diagnostic
from compiler.rule import Finding, Rule
from compiler.rules import (
    addresses,
    clients,
    cutover,
    endpoints,
    fallbacks,
    features,
    hardware,
    hybrid,
    hygiene,
    ports,
    proxy,
    reach,
    recovery,
    rehydration,
    reserved,
    rhythm,
    roles,
    route_sync,
    routes,
    secrets,
    sizes,
    storage,
    trust,
    variables,
    waivers,
)
from compiler.rules.because import because, once
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.unknown import Unknown, hiding

_MODULES = (
    addresses,
    clients,
    cutover,
    endpoints,
    fallbacks,
    features,
    hardware,
    hybrid,
    hygiene,
    ports,
    proxy,
    reach,
    recovery,
    rehydration,
    reserved,
    rhythm,
    roles,
    route_sync,
    routes,
    secrets,
    sizes,
    storage,
    trust,
    variables,
)


def _by_code(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: rule.code))


RULES: tuple[Rule, ...] = _by_code([*chain.from_iterable(one.RULES for one in _MODULES)])


def check(
    runtime: Runtime,
    more: Sequence[Rule] = (),
    hidden: AbstractSet[SpecPath] = frozenset(),
    unsure: AbstractSet[SpecPath] = frozenset(),
) -> list[Diagnostic]:
    """The findings of every rule that are not waived, in the order of their codes, and those about waivers.

    Args:
        runtime: the spec; with mistakes in it, stand-ins are where they are.
        more: the rules of consumers.
        hidden: the places of the stand-ins; a rule that reads one has nothing to say about it.
        unsure: places of mistakes where it is not known what was meant; no waiver around them is left over.
    """
    rules = _by_code([*RULES, *more])
    held = waivers.Waivers(runtime, rules)
    partial: set[str] = set()
    for rule in rules:
        with hiding(hidden) as met:
            held.take(rule, _findings(rule, runtime, partial if hidden else None))
        partial |= {rule.code} if met else set()
    about = held.problems(partial, unsure)
    return [*once(_diagnostic(runtime, rule, one) for rule, one in _first_of_all(held.kept)), *about]


def _first_of_all(kept: Sequence[waivers.Found]) -> Iterator[waivers.Found]:
    """Without what is said of the value of an entry whose name is wrong; but a secret is one anywhere."""
    names = {one.path for rule, one in kept if one.on_key and (one.severity or rule.severity) == "error"}
    for rule, one in kept:
        if one.on_key or one.secret or one.path not in names:
            yield rule, one


def _findings(rule: Rule, runtime: Runtime, partial: set[str] | None) -> Iterator[Finding]:
    """What a rule finds; in a spec with mistakes, one that cannot go on is added to `partial`."""
    try:
        yield from rule.check(runtime)
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
