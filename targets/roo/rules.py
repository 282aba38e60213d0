"""What the editor's extension demands of the runtime, seen in its own code and in reports (facts: roo).

It accepts all of this in silence, and its users see a model that calls no tools or forgets its task.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.clients import Roo
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

# Condensing starts at 0.9 × context − min(answer, 0.2 × context): a longer answer would find no room.
_ANSWER_SHARE = 5
# The softmax of the model's own numbers, neither sharper nor flatter.
_OWN = 1.0
# Pieces of a model id for which the extension leaves the temperature out or asks for another cache.
_SPECIAL = ("o1", "o3", "o4", "claude")


def editors(runtime: Runtime) -> Iterator[tuple[str, Roo]]:
    """Every client of this kind."""
    for key, client in sorted(runtime.clients.items()):
        if isinstance(client, Roo):
            yield key, client


def _profile(runtime: Runtime, client: Roo) -> tuple[str, Serving]:
    name = runtime.public.routes[client.route].serving
    return name, runtime.serving[name]


def first_editors(runtime: Runtime) -> Iterator[tuple[str, Roo]]:
    """One client of this kind for each profile that has any: what it lacks is said once."""
    seen: set[str] = set()
    for key, client in editors(runtime):
        name, _ = _profile(runtime, client)
        if name not in seen:
            yield key, client
        seen.add(name)


def range_is_narrow(_: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """The team's range is one: it has two ends, and none is above the model's own randomness."""
    low, high = client.temperature.low, client.temperature.high
    place: SpecPath = ("clients", key, "temperature")
    related = (Related("the low end", (*place, "low")),)
    if high > _OWN:
        told = f"at {high} answers are more random than the model is by itself, which is {_OWN:g}"
        remedy = (
            "write the high end that the team agreed on, such as 0.2; or waive this, and say what it is for"
        )
        yield Finding((*place, "high"), told, remedy, related=related)
    elif low == high:
        told = f"the range from {low} to {high} has one value: nobody may change the temperature"
        remedy = "write the two ends that the team agreed on; or waive this, and say who wants one value"
        yield Finding((*place, "high"), told, remedy, related=related)


def answers_leave_room(_: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """The longest answer is at most a fifth of the context, as condensing reckons with."""
    if client.max_tokens * _ANSWER_SHARE > client.context:
        most = client.context // _ANSWER_SHARE
        yield Finding(
            ("clients", key, "max_tokens"),
            f"answers of {client.max_tokens} tokens do not fit a context of {client.context}: condensing "
            f"makes room for {most}",
            f"write at most {most}, a fifth of the context",
            related=(Related("the context", ("clients", key, "context")),),
        )


def profiles_are_distinct(runtime: Runtime) -> Iterator[Finding]:
    """Two clients with one profile name have the same settings in it."""
    seen: dict[str, tuple[str, tuple[object, ...]]] = {}
    for key, client in editors(runtime):
        settings = (client.route, client.context, client.max_tokens, client.temperature.chosen)
        first, known = seen.setdefault(client.profile, (key, settings))
        if known != settings:
            yield Finding(
                ("clients", key, "profile"),
                f"`{key}` and `{first}` both bring a profile `{client.profile}`, with different settings",
                "give one of them another name",
                related=(Related("the same name", ("clients", first, "profile")),),
            )


def id_is_plain(runtime: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """The model's id has nothing in it that makes the editor take it for another model."""
    _, serving = _profile(runtime, client)
    served = runtime.primary(serving).served_name
    for piece in _SPECIAL:
        if piece in served:
            path: SpecPath = ("models", serving.model, "served_name")
            yield Finding(
                path,
                f"`{served}` has `{piece}` in it, and the editor takes it for a model of that kind",
                "choose an id without it; or waive this, and say why the id must stay",
                related=(Related("this client sends it", ("clients", key, "route")),),
            )


def a_mode_uses_it(_: Runtime, key: str, client: Roo) -> Iterator[Finding]:
    """An editor's profile is the profile of a mode."""
    if not client.modes:
        yield Finding(
            ("clients", key, "modes"),
            f"no mode uses the profile of `{key}`, so each keeps the one that it had",
            "name the modes, such as [code]",
        )


RULES = (
    Rule(
        "DN320",
        each(editors, answers_leave_room),
        "the client condenses too late, and the server refuses the prompt (facts: roo)",
    ),
    Rule(
        "DN323",
        profiles_are_distinct,
        "importing merges profiles by name: the last file wins, and nobody is told (facts: roo)",
    ),
    Rule(
        "DN324",
        each(first_editors, id_is_plain),
        "for such ids the client sends no temperature, or marks prompts for a cache (facts: roo)",
        waivable=True,
    ),
    Rule(
        "DN325",
        each(editors, a_mode_uses_it),
        "after an import the modes would go on with the provider before (truth book, section 10)",
    ),
    Rule(
        "DN326",
        each(editors, range_is_narrow),
        "the team's range is from one low temperature to another (truth book, section 10)",
        waivable=True,
    ),
)
