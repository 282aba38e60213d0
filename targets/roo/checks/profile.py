"""One profile of a settings file: where it leads, and what the client would guess or get wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from compiler.verify.json_lines import At
from targets.roo.checks.settings import derived, mapping

Complaint = tuple[At, str, str]
"""The path below the profile, what is wrong, and what to do."""

_HOTTEST = 2
# Condensing reckons with a fifth of the context for the answer.
_ANSWER_SHARE = 5
_GUESSED = {
    "modelTemperature": "a temperature of 0 is sent",
    "includeMaxTokens": "the longest answer is not sent, and the server decides",
    "openAiCustomModelInfo": "a context of 128000 tokens and no longest answer are assumed",
    "rateLimitSeconds": "the client's migrations add it",
    "consecutiveMistakeLimit": "the client's migrations add it",
    "todoListEnabled": "the client's migrations add it",
}


@dataclass(frozen=True, slots=True)
class Server:
    """What answers behind the client's route, by the outputs of its workers."""

    base: str
    context: int | None
    models: tuple[str, ...]


def complaints(profile: dict[str, Any], server: Server) -> Iterator[Complaint]:
    """Everything that the client would accept of a profile, and not do."""
    yield from _provider(profile)
    yield from _url(profile.get("openAiBaseUrl"), server)
    yield from _model(profile.get("openAiModelId"), server)
    for key, outcome in _GUESSED.items():
        if profile.get(key) is None:
            yield (key,), f"is missing: {outcome}", ""
    yield from _temperature(profile.get("modelTemperature"))
    yield from _info(mapping(profile.get("openAiCustomModelInfo")), server)


def _provider(profile: dict[str, Any]) -> Iterator[Complaint]:
    provider = profile.get("apiProvider")
    if provider is None:
        yield ("apiProvider",), "is missing: the import succeeds, and the profile is gone", "write openai"
    elif provider not in derived()["x-providers"]:
        yield (
            ("apiProvider",),
            f"is `{provider}`, which the client has not, or not any more, and takes away",
            "write openai",
        )
    elif provider != "openai":
        yield ("apiProvider",), f"is `{provider}`, which does not ask the public route", "write openai"
    known = derived()["properties"]["providerProfiles"]["properties"]["apiConfigs"]
    every = known["additionalProperties"]["properties"]
    for key in profile:
        if key in every and key not in derived()["x-openai"]:
            yield (key,), "is a key of another provider, which this one drops", ""


def _url(url: object, server: Server) -> Iterator[Complaint]:
    if not isinstance(url, str) or not url:
        yield ("openAiBaseUrl",), "is missing: requests go to another company", ""
        return
    try:
        parts = urlsplit(url)
    except ValueError as error:
        yield ("openAiBaseUrl",), f"is no address: {error}", ""
        return
    if parts.scheme not in ("http", "https") or not parts.netloc:
        yield ("openAiBaseUrl",), "has no scheme and host in front", "write https://…"
    elif parts.query or parts.fragment or "@" in parts.netloc or url != url.strip():
        yield ("openAiBaseUrl",), "has more than an address and a path", ""
    elif not parts.path.endswith(server.base):
        extra = (
            "the client adds the endpoint itself" if server.base in parts.path else "nothing answers there"
        )
        yield ("openAiBaseUrl",), f"does not end in {server.base}: {extra}", f"end it with {server.base}"


def _model(model: object, server: Server) -> Iterator[Complaint]:
    if not isinstance(model, str) or not model:
        yield ("openAiModelId",), "is missing", ""
    elif server.models and model not in server.models:
        served = ", ".join(server.models)
        yield ("openAiModelId",), f"is not what the server serves, and it answers to any name: {served}", ""


def _temperature(value: object) -> Iterator[Complaint]:
    if isinstance(value, int | float) and not 0 <= value <= _HOTTEST:
        yield ("modelTemperature",), f"is outside 0 to {_HOTTEST}, and the server refuses each request", ""


def _info(info: dict[str, Any], server: Server) -> Iterator[Complaint]:
    context, answer = info.get("contextWindow"), info.get("maxTokens")
    if info:
        yield from _context(context, server)
        yield from _answer(answer, context)
    if info.get("supportsPromptCache"):
        yield ("openAiCustomModelInfo", "supportsPromptCache"), "marks prompts for a cache of another API", ""


def _context(context: object, server: Server) -> Iterator[Complaint]:
    at: At = ("openAiCustomModelInfo", "contextWindow")
    if not _number(context):
        return  # the schema wants a number
    if context <= 0 or not float(context).is_integer():
        yield at, "is no whole number of tokens", ""
    elif server.context is not None and context > server.context:
        yield at, f"is above the {server.context} tokens that the server was started with", ""


def _answer(answer: object, context: object) -> Iterator[Complaint]:
    at: At = ("openAiCustomModelInfo", "maxTokens")
    if answer is None:
        yield at, "is missing: no longest answer is assumed", ""
        return
    if not _number(answer):
        return
    if answer <= 0 or not float(answer).is_integer():
        yield at, "is no whole number of tokens", ""
    elif _number(context) and answer * _ANSWER_SHARE > context:
        yield at, f"is more than a fifth of the context of {context}: condensing leaves it no room", ""


def _number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
