"""roo-import: what the client's import accepts without a word, and then drops, guesses or sends elsewhere."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any, cast

from compiler.artifact import Host
from compiler.spec.clients import Roo
from compiler.verify.check import Check, Found, Subject
from compiler.verify.json_lines import At, dotted
from compiler.verify.site import Site
from targets import common
from targets.roo.checks import profile, settings
from targets.roo.checks.profile import Server
from targets.roo.checks.settings import Settings, derived, mapping, reach


def subjects(site: Site) -> Iterator[Subject]:
    """Every editor's file, with what the workers behind its route will serve."""
    for subject in settings.subjects(site):
        server = server_of(site, common.name_of(subject.place))
        yield replace(subject, facts=(*subject.facts, repr(server)))


def server_of(site: Site, client: str) -> Server:
    """What a client's server will say of itself, by the launch words of its workers."""
    runtime = site.runtime
    editor = cast(Roo, runtime.clients[client])
    path = common.config_path(runtime, "launch")
    words = []
    for name in runtime.serving[runtime.public.routes[editor.route].serving].workers:
        held = site.scopes[Host(name)].artifacts
        if path in held:
            words.append(_words(site.text(Host(name), path)))
    contexts = [int(one) for given in words for one in _values(given, "--context-length") if one.isdecimal()]
    models = {one for given in words for one in _values(given, "--served-model-name")}
    return Server(runtime.public.base, min(contexts, default=None), tuple(sorted(models)))


def _words(text: str) -> list[str]:
    try:
        given = json.loads(text)["arguments"]
    except (ValueError, TypeError, KeyError):
        return []
    return [str(one) for one in given] if isinstance(given, list) else []


def _values(words: list[str], flag: str) -> Iterator[str]:
    yield from (value for word, value in pairwise(words) if word == flag)


def checked(site: Site, subject: Subject) -> Iterator[Found]:
    """Everything of a file that would be lost or misread."""
    given = settings.read(site, subject)
    if given.refused:
        return  # roo-schema says so
    yield from complaints(given, server_of(site, common.name_of(subject.place)))


def complaints(given: Settings, server: Server) -> Iterator[Found]:
    """The same of settings that were read."""
    yield from _twice(given)
    yield from _unknown(given)
    yield from _ids(given)
    yield from _names(given)
    yield from _placeholders(given)
    for at, one in given.profiles():
        for path, message, advice in profile.complaints(one, server):
            yield given.found((*at, *path), f"{dotted((*at[2:], *path))} {message}", advice)


def _twice(given: Settings) -> Iterator[Found]:
    for path in given.lines.twice:
        yield given.found(path, f"{dotted(path)} stands there twice, and the first is dropped")


def _unknown(given: Settings) -> Iterator[Found]:
    for path, near in stripped(given.value, derived()):
        advice = f"did you mean `{near}`?" if near else "take it away"
        yield given.found(path, f"{dotted(path)} is no key of the client, which drops it", advice)


def stripped(value: object, schema: Mapping[str, Any], at: At = ()) -> Iterator[tuple[At, str]]:
    """Every key that no part of the schema names, with a name that is near it."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from stripped(part, mapping(schema.get("items")), (*at, number))
    known = schema.get("properties")
    rest = schema.get("additionalProperties")
    for key, part in mapping(value).items():
        below = known.get(key) if known else rest
        if below is None and known:
            yield (*at, key), next(iter(difflib.get_close_matches(key, known, n=1)), "")
        else:
            yield from stripped(part, _variant(below, part), (*at, key))


def _variant(schema: object, value: object) -> dict[str, Any]:
    """Of several shapes, the one that an object or a list can have."""
    wanted = "array" if isinstance(value, list) else "object"
    made = mapping(schema)
    return next((one for one in made.get("anyOf", ()) if one.get("type") == wanted), made)


def _ids(given: Settings) -> Iterator[Found]:
    seen: dict[str, str] = {}
    for at, one in given.profiles():
        name, identity = str(at[-1]), str(one.get("id") or "")
        if not identity:
            message = f"`{name}` has no id: the client makes another at each start, and its modes lose it"
            yield given.found((*at, "id"), message)
        elif identity in seen:
            yield given.found((*at, "id"), f"`{name}` has the id of `{seen[identity]}`")
        seen.setdefault(identity, name)


def _names(given: Settings) -> Iterator[Found]:
    """What refers to a profile: the current one by name, and modes by id."""
    profiles = {str(at[-1]): str(one.get("id") or "") for at, one in given.profiles()}
    at: At = ("providerProfiles", "currentApiConfigName")
    current = reach(given.value, at)
    if isinstance(current, str) and current not in profiles:
        yield given.found(at, f"there is no profile `{current}`, and the client takes another")
    own = {str(one.get("slug")) for one in _custom_modes(given)}
    for slug, used in mapping(reach(given.value, ("providerProfiles", "modeApiConfigs"))).items():
        identity = str(used)
        where: At = ("providerProfiles", "modeApiConfigs", slug)
        if slug not in {*derived()["x-modes"], *own}:
            yield given.found(where, f"the client has no mode `{slug}`")
        if identity in profiles and identity not in profiles.values():
            advice = f"write its id, {profiles[identity]}"
            yield given.found(where, f"`{slug}` names its profile, and the client looks for an id", advice)
        elif identity not in profiles.values():
            yield given.found(where, f"`{slug}` uses the id `{identity}`, which no profile has")


def _custom_modes(given: Settings) -> list[dict[str, Any]]:
    modes = reach(given.value, ("globalSettings", "customModes"))
    return [one for one in modes if isinstance(one, dict)] if isinstance(modes, list) else []


def _placeholders(given: Settings) -> Iterator[Found]:
    for path in given.lines.of:
        part = reach(given.value, path)
        if isinstance(part, str) and ("${" in part or "{env:" in part or "{{" in part):
            yield given.found(path, f"{dotted(path)} is sent as it stands: the client replaces no `{part}`")


CHECKS = (Check("roo-import", "DN433", (), subjects, checked),)
