"""Stage 3: what a runtime must be beyond its fields; one function a rule, each with a code and a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from compiler.diagnostics import Diagnostic
from compiler.rules import clients, features, fit, roles, routes
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
        "a worker runs one engine; one that serves nothing is idle (truth book, section 14)",
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
    Rule(
        "DN043",
        "all profiles serve on one port",
        "route-sync publishes the port of its one variable (truth book, section 7)",
        routes.one_port,
    ),
    Rule(
        "DN044",
        "the routes of a profile agree on whether clients send a key",
        "the engine either demands the key of everybody or of nobody",
        routes.one_kind_of_access,
    ),
    Rule(
        "DN045",
        "routes do not overlap",
        "two routes with one hostname and prefix would be one location twice (truth book, section 1)",
        routes.no_overlap,
    ),
    Rule(
        "DN046",
        "a waived feature has its reason",
        "the feature is required (truth book, section 5); whoever is up at night must know why it is off",
        features.waived_with_reason,
    ),
    Rule(
        "DN047",
        "before the cutover, the old model id is known",
        "route-sync routes to a worker only when it serves the id that clients use (truth book, section 7)",
        routes.old_id_before_cutover,
    ),
    Rule(
        "DN048",
        "once live, nothing serves on the port before",
        "a route to it would lead to the engine before; there is no fallback (truth book, sections 1, 7)",
        fit.old_port_is_gone,
    ),
    Rule(
        "DN049",
        "a client's context and answers fit the server",
        "the server refuses a longer prompt, and the client condenses too late (truth book, section 10)",
        clients.context_fits,
    ),
    Rule(
        "DN050",
        "a profile uses exactly the GPUs of its workers",
        "the engine does not start with more, and fewer lie idle (truth book, section 3)",
        fit.all_gpus_are_used,
    ),
    Rule(
        "DN051",
        "a worker's address is its own, and private",
        "routes lead to addresses inside the network alone (truth book, section 2)",
        fit.addresses_fit,
    ),
    Rule(
        "DN052",
        "the proxy closes idle connections first",
        "whoever closes last may send a request into a connection that is gone: the client sees 502",
        fit.proxy_closes_first,
    ),
    Rule(
        "DN053",
        "the proxy waits at least as long as its clients",
        "a long prompt would end in 504 while the client still waits",
        clients.proxy_waits_longer,
    ),
    Rule(
        "DN054",
        "a required feature is one that the engine really runs",
        "the engine turns it off by itself, and only its log says so (truth book, section 5)",
        features.engine_keeps_overlap,
    ),
    Rule(
        "DN055",
        "the temperature is in the team's range",
        "the team agreed on it (truth book, section 10)",
        clients.temperature_in_range,
    ),
    Rule(
        "DN056",
        "the network is private",
        "workers are reached by private addresses alone (truth book, section 2; RFC 1918)",
        fit.network_is_private,
    ),
    Rule(
        "DN057",
        "the ranks of a worker meet on loopback",
        "the ranks talk to each other alone, and two listeners cannot share a port (truth book, section 3)",
        fit.ranks_meet_on_loopback,
    ),
    Rule(
        "DN058",
        "a hybrid model keeps its cache in GPU memory, a token a page",
        "any other page size failed, and a rank died with host-memory spill (truth book, section 13)",
        features.hybrid_cache,
    ),
    Rule(
        "DN059",
        "nobody is let in from everywhere",
        "ssh from the whole internet is never meant (truth book, section 2)",
        fit.not_the_whole_world,
    ),
)


def check(runtime: Runtime) -> Iterator[Diagnostic]:
    """The findings of every rule, in the order of their codes."""
    for rule in RULES:
        for found in rule.check(runtime):
            yield Diagnostic(
                rule.code,
                found.message,
                path=found.path,
                on_key=found.on_key,
                reason=rule.reason,
                help=found.help,
            )
