"""Error answers in the shape of OpenAI's API, so that clients show them as they show the engine's own."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.formats.json import canonical

_ANSWERS = (
    (401, "invalid_request_error", "missing_api_key", "Send your API key as a bearer token."),
    (403, "invalid_request_error", "forbidden", "This address may not use this route."),
    (404, "invalid_request_error", "not_found", "This route has no such endpoint."),
    (405, "invalid_request_error", "method_not_allowed", "This endpoint takes another method."),
    (413, "invalid_request_error", "request_too_large", "The request is larger than this route accepts."),
    (429, "rate_limit_error", "rate_limit_exceeded", "Too many requests at once; wait and try again."),
    (503, "server_error", "no_worker", "No worker answers right now; wait and try again."),
)
_WAIT_FOR = (429, 503)


@dataclass(frozen=True, slots=True)
class Answer:
    """One error: its status, its JSON body, and whether the client is told when to come again."""

    status: int
    body: str
    retry: bool


def answers() -> tuple[Answer, ...]:
    """Every error that the proxy itself may answer with."""
    return tuple(
        Answer(status, _body(kind, code, message), status in _WAIT_FOR)
        for status, kind, code, message in _ANSWERS
    )


def _body(kind: str, code: str, message: str) -> str:
    return canonical({"error": {"message": message, "type": kind, "param": None, "code": code}}).decode()
