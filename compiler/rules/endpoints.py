"""The public contract: what clients rely on is there, exactly so, and nothing else is (sections 1 and 15)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.rules.others import first_owners
from compiler.spec.node import at
from compiler.spec.path import SpecPath
from compiler.spec.public import Endpoint, Route
from compiler.spec.runtime import Runtime
from compiler.spec.written import written

_BASE = "/v1"
_CONTRACT = {"models": ("GET", "/models"), "chat_completions": ("POST", "/chat/completions")}
# OpenAI's API, and what engines commonly add to it; all of them compute an answer for a client.
_KNOWN = dict.fromkeys(
    (
        "/audio/speech",
        "/audio/transcriptions",
        "/audio/translations",
        "/classify",
        "/completions",
        "/detokenize",
        "/embeddings",
        "/images/edits",
        "/images/generations",
        "/messages",
        "/messages/count_tokens",
        "/moderations",
        "/rerank",
        "/responses",
        "/score",
        "/tokenize",
    ),
    "POST",
)
_PATHS = (*_KNOWN, *(path for _, path in _CONTRACT.values()))
_MORE: SpecPath = ("public", "endpoints", "more")
# Words in the names of what administers an engine, or tells about it; lists of names drift between releases.
_INTERNAL = frozenset(
    word
    for line in (
        "abort admin cache config configure continue debug docs dump dumper flush freeze health healthz",
        "hicache info internal live load loads logging lora memory metrics openapi pause ping pprof profile",
        "ready redoc release resume server session shutdown slow start state stats status stop trace unload",
        "update weight weights",
    )
    for word in line.split()
)


def _contract(runtime: Runtime) -> Iterator[tuple[str, SpecPath]]:
    del runtime
    yield _BASE, ("public", "base")
    for name, (method, path) in _CONTRACT.items():
        yield method, ("public", "endpoints", name, "method")
        yield path, ("public", "endpoints", name, "path")


def contract_is_kept(runtime: Runtime, wanted: str, path: SpecPath) -> Iterator[Finding]:
    """The base is /v1, the models are at GET /models, and chat is at POST /chat/completions."""
    value = at(runtime, path)
    if value != wanted:
        told = f"clients rely on {wanted} here, not on {value}"
        yield Finding(path, told, f"write {wanted}", edits=(Edit(path, written(wanted)),))


def _listed(runtime: Runtime) -> Iterator[tuple[str, tuple[int, Endpoint]]]:
    for index, endpoint in enumerate(runtime.public.endpoints.more):
        yield "more", (index, endpoint)


def written_as_it_is(runtime: Runtime) -> Iterator[Finding]:
    """An endpoint is named below the base, once, in its own spelling, with the method that it takes."""
    public = runtime.public
    first = first_owners(_all_endpoints(runtime), lambda one: one.path)

    def check(_: Runtime, __: str, listed: tuple[int, Endpoint]) -> Iterator[Finding]:
        index, endpoint = listed
        meant = _meant(endpoint.path, public.base)
        path = meant or endpoint.path
        other = first.get(path, "")
        if other and (path != endpoint.path or other != f"more.{index}"):
            yield _twice(path, index, other)
        else:
            yield from _misspelt(public.base, index, endpoint, meant)

    yield from each(_listed, check)(runtime)


def _all_endpoints(runtime: Runtime) -> Iterator[tuple[str, Endpoint]]:
    endpoints = runtime.public.endpoints
    yield "models", endpoints.models
    yield "chat_completions", endpoints.chat_completions
    yield from ((f"more.{index}", one) for _, (index, one) in _listed(runtime))


def _twice(path: str, index: int, other: str) -> Finding:
    place = tuple(int(name) if name.isdigit() else name for name in other.split("."))
    return Finding(
        (*_MORE, index, "path"),
        f"{path} is public already",
        "take one of the two out",
        related=(Related("here", (*_MORE[:-1], *place, "path")),),
    )


def _misspelt(base: str, index: int, endpoint: Endpoint, meant: str | None) -> Iterator[Finding]:
    path = endpoint.path
    if meant:
        place: SpecPath = (*_MORE, index, "path")
        edits = (Edit(place, written(meant)),)
        yield Finding(
            place, f"there is no {base}{path}", f"write {meant}; {base} comes before it", edits=edits
        )
    method = _KNOWN.get(meant or path)
    if method and endpoint.method != method:
        place = (*_MORE, index, "method")
        edits = (Edit(place, method),)
        yield Finding(place, f"{path} takes {method}, not {endpoint.method}", f"write {method}", edits=edits)


def _meant(path: str, base: str) -> str | None:
    """The endpoint that was certainly meant, where another is written."""
    bare = path.removeprefix(base)
    near = difflib.get_close_matches(bare, _PATHS, n=1, cutoff=0.85)
    return near[0] if near and near[0] != path else None


def prefix_without_base(runtime: Runtime, key: str, route: Route) -> Iterator[Finding]:
    """A prefix does not end with the base, which follows it anyway."""
    base = runtime.public.base
    if route.prefix.endswith(base):
        path: SpecPath = ("public", "routes", key, "prefix")
        meant = written(route.prefix.removesuffix(base))
        told = f"the base URL would be https://{route.hostname}{route.prefix}{base}"
        related = (Related("the base that follows every prefix", ("public", "base")),)
        yield Finding(path, told, f"write {meant}", related=related, edits=(Edit(path, meant),))


def _all(runtime: Runtime) -> Iterator[Finding]:
    yield from each(_contract, contract_is_kept)(runtime)
    yield from written_as_it_is(runtime)
    yield from each(Runtime.routes, prefix_without_base)(runtime)


def _is_internal(path: str) -> bool:
    return not _INTERNAL.isdisjoint(re.split(r"[^a-z0-9]+", path.lower()))


def never_public(_: Runtime, __: str, listed: tuple[int, Endpoint]) -> Iterator[Finding]:
    """No endpoint that administers the engine or tells about it is public."""
    index, endpoint = listed
    if _is_internal(endpoint.path):
        told = f"{endpoint.path} administers the engine or tells about it, and is never public"
        remedy = "take the whole entry out; ask the worker itself from the control plane"
        yield Finding((*_MORE, index, "path"), told, remedy)


def known_to_compute(runtime: Runtime, _: str, listed: tuple[int, Endpoint]) -> Iterator[Finding]:
    """An endpoint is one that is known to compute for clients."""
    index, endpoint = listed
    path = endpoint.path
    if path not in _PATHS and not _meant(path, runtime.public.base) and not _is_internal(path):
        told = f"{path} is no endpoint that is known to compute for clients"
        remedy = "take it out, or waive this in its entry and say what it does in the pinned engine"
        yield Finding((*_MORE, index, "path"), told, remedy)


RULES = (
    Rule(
        "DN074",
        each(_listed, known_to_compute),
        "what is published cannot be taken back, and an engine has forty endpoints that are no client's"
        " business (truth book, section 1)",
        waivable=True,
    ),
    Rule(
        "DN076",
        _all,
        "the public contract is stable: clients have these addresses (truth book, sections 1, 15)",
    ),
    Rule(
        "DN078",
        each(_listed, never_public),
        "some of them hand out the engine's keys, others empty its memory; most ask nobody who he is"
        " (truth book, section 1)",
    ),
)
