"""What stands in a spec to no end: what nothing uses, what is said twice, and what contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.rules.known import known
from compiler.spec.models import Primary, Stored
from compiler.spec.node import Node, children, part
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime

Unused = Iterator[tuple[SpecPath, str, str]]

_SERVE = (
    "serve it, or waive this; or make it `staged`: that takes a `script` more, and has no `served_name`,"
    " `memory` and `hybrid`"
)
_PLACEHOLDER = re.compile(
    r"[\W_]*(?:todo|tbd|tba|fixme|xxx|\?+|n/?a|none|because|reason|…)?[\W_]*", re.IGNORECASE
)


# ── Models that contradict each other


def models_agree(runtime: Runtime) -> Iterator[Finding]:
    """A repository that was turned down is not kept, and a directory and a served name are one model's."""
    stored: list[tuple[str, Stored]] = [
        (key, one) for key, one in sorted(runtime.models.items()) if isinstance(one, Stored)
    ]
    by_repository: dict[str, list[tuple[str, Stored]]] = {}
    for key, kept in stored:
        by_repository.setdefault(kept.repository.lower(), []).append((key, kept))
    for key, rejected in runtime.rejected():
        for other, model in by_repository.get(rejected.repository.lower(), ()):
            told = f"`{key}` turns {rejected.repository} down, and `{other}` is `{model.status}`"
            yield _disagree(key, other, told, "take one of the two entries out")
    first_in: dict[str, tuple[str, Stored]] = {}
    for second, two in stored:
        first, one = first_in.setdefault(two.directory.lower(), (second, two))
        if first != second and not _may_share(one, two):
            told = f"`{first}` and `{second}` both lie in the directory {one.directory}"
            yield _disagree(second, first, told, "keep each model once, as `primary` or as `staged`")
    yield from _served_once(stored)


def _served_once(stored: Sequence[tuple[str, Stored]]) -> Iterator[Finding]:
    """A client that asks for a name gets one model, whichever worker answers."""
    names: dict[str, tuple[str, Primary]] = {}
    for key, model in stored:
        if not isinstance(model, Primary):
            continue
        other, one = names.setdefault(model.served_name, (key, model))
        if other != key and not _may_share(one, model):
            related = (Related(f"`{other}`", ("models", other, "served_name")),)
            told = f"`{other}` and `{key}` are two models, and both are served as `{model.served_name}`"
            path: SpecPath = ("models", key, "served_name")
            yield Finding(path, told, "give each model an id of its own", related=related)


def _may_share(one: Stored, two: Stored) -> bool:
    """Two profiles' names for one and the same model."""
    both = isinstance(one, Primary) and isinstance(two, Primary)
    return both and (one.repository, one.manifest) == (two.repository, two.manifest)


def _disagree(key: str, other: str, told: str, remedy: str) -> Finding:
    related = (Related(f"`{other}`", ("models", other, "repository")),)
    return Finding(("models", key, "repository"), told, remedy, related=related)


# ── What nothing uses


def used_by_something(runtime: Runtime, _: str, unused: Callable[[Runtime], Unused]) -> Iterator[Finding]:
    """Hardware is in a host, a primary model is served, a profile has a route, a status belongs to one."""
    for path, told, remedy in unused(runtime):
        yield Finding(path, told, f"{remedy}, or waive this in it and say what it waits for", on_key=True)


def _gpus(runtime: Runtime) -> Unused:
    used = {one.gpu for one in runtime.hardware.instances.values()}
    for key in sorted(runtime.hardware.gpus.keys() - used):
        yield ("hardware", "gpus", key), f"no machine type has the GPU `{key}`", "take it out"


def _instances(runtime: Runtime) -> Unused:
    used = {worker.instance for _, worker in runtime.workers()}
    for key in sorted(runtime.hardware.instances.keys() - used):
        yield ("hardware", "instances", key), f"no worker is a `{key}`", "take it out"


def _primaries(runtime: Runtime) -> Unused:
    used = {serving.model for _, serving in runtime.profiles()}
    for key, model in sorted(runtime.models.items()):
        if isinstance(model, Primary) and key not in used:
            yield ("models", key), f"`{key}` is primary, and no profile serves it", _SERVE


def _profiles(runtime: Runtime) -> Unused:
    used = {route.serving for _, route in runtime.routes()}
    for key, _ in runtime.profiles():
        if key not in used:
            yield ("serving", key), f"no public route leads to the profile `{key}`", "add a route"


def _statuses(runtime: Runtime) -> Unused:
    """A name that clients give, too, is a route's that has another name now: said where they name it."""
    measured = runtime.measured
    asked = {part(client, "route") for client in runtime.clients.values()}
    for key in sorted(
        (measured.public_route.statuses if measured else {}).keys() - runtime.public.routes - asked
    ):
        path = ("measured", "public_route", "statuses", key)
        yield path, f"a status was measured at `{key}`, which is no route", "name the route that was asked"


def _kinds(_: Runtime) -> Iterator[tuple[str, Callable[[Runtime], Unused]]]:
    for kind in (_gpus, _instances, _primaries, _profiles, _statuses):
        yield kind.__name__, kind


# ── What is said twice, and notes that say nothing


def said_once(runtime: Runtime) -> Iterator[Finding]:
    """No list names the same twice."""
    for path, value in known(runtime):
        if isinstance(value, tuple) and path[-1] != "workers":  # a worker's profiles are another rule's
            yield from _repeated(path, value)


def _repeated(path: SpecPath, value: tuple[object, ...]) -> Iterator[Finding]:
    seen: dict[object, int] = {}
    for index, item in enumerate(value):
        if isinstance(item, str | int | float) and seen.setdefault(item, index) != index:
            place = (*path, index)
            yield Finding(
                place,
                f"`{dotted(path)}` names {item} twice",
                "take the second one out",
                related=(Related("here first", (*path, seen[item])),),
                edits=(Edit(place, None),),
            )


def notes_say_something(runtime: Runtime) -> Iterator[Finding]:
    """A reason, an assumption and a waiver say more than the field that they are about."""
    for path, value in known(runtime):
        if isinstance(value, Node):
            for kind, noted in ((name, getattr(value, name)) for name in ("why", "assumed", "waive")):
                yield from _empty_notes((*path, kind), noted, dict(children(value)))


def _empty_notes(path: SpecPath, noted: object, fields: dict[str | int, object]) -> Iterator[Finding]:
    for place, text in known(noted, path):
        if isinstance(text, str):
            field = place[-1] if place != path else ""
            repeats = text.strip().lower() == str(fields.get(field)).lower()
            if repeats or _PLACEHOLDER.fullmatch(text):
                told = "repeats the field's value" if repeats else "says nothing"
                yield Finding(place, f"this note {told}", "say why, for whoever reads it at night")


RULES = (
    Rule(
        "DN095",
        models_agree,
        "a model is served, kept for trials or turned down, and a trial must not touch what is served "
        "(truth book, section 4)",
    ),
    Rule(
        "DN096",
        each(_kinds, used_by_something),
        "operators go by what is handed to them, and believe that all of it is used (truth book, section 17)",
        waivable=True,
    ),
    Rule(
        "DN097",
        said_once,
        "one of the two is a slip for something else, which whoever goes by the list then misses (truth book,"
        " section 17)",
    ),
    Rule(
        "DN098",
        notes_say_something,
        "the hand-off page shows every note to people who must decide by it (truth book, section 17)",
    ),
)
