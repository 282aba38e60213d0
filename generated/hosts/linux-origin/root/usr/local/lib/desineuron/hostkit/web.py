"""One bounded HTTP exchange: a deadline for all of it, a cap on the body, no redirect, no proxy.

It exists because the usual clients bound each read only: a peer that sends a byte now and then holds them
for ever, and a watchdog that hangs with what it watches is none. Look-ups and TLS are under it too.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import socket
import ssl
import threading
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Tuple
from urllib.parse import SplitResult, urlsplit

_MODELS_LIMIT = 1 << 20


class WebError(Exception):
    """There is no reply to judge; the text is the reason alone, without the address that was asked."""


@dataclass(frozen=True)
class Reply:
    """What the server answered, whatever its status; the names of headers are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True)
class _Request:
    method: str
    target: str
    body: Optional[bytes]
    headers: Mapping[str, str]
    limit: int


@dataclass
class _Exchange:
    """What the two threads share."""

    done: threading.Event = field(default_factory=threading.Event)
    given_up: threading.Event = field(default_factory=threading.Event)
    reply: Optional[Reply] = None
    fault: Optional[Exception] = None


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: Optional[bytes] = None,
    headers: Optional[Mapping[str, str]] = None,
    timeout: float,
    limit: int,
) -> Reply:
    """Ask once.

    Args:
        url: http or https, without a user or password in it.
        method: the HTTP method.
        body: what is sent.
        headers: beside those that HTTP itself demands.
        timeout: seconds for the whole exchange.
        limit: bytes of the body at most.

    Raises:
        WebError: no whole reply within the time and the limit. It never holds a header's value.
    """
    parts = _split(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = _Request(method, target, body, {"Connection": "close", **(headers or {})}, limit)
    connection, exchange = _connection(parts, timeout), _Exchange()
    # A thread, since the look-up of a name has no deadline of its own; daemon, so that it holds up no exit.
    threading.Thread(target=_work, args=(connection, request, exchange), daemon=True).start()
    if not exchange.done.wait(timeout):
        exchange.given_up.set()
        _interrupt(connection)
        raise WebError(f"no whole answer within {timeout:g} s")
    if exchange.fault is not None:
        raise _explained(exchange.fault, timeout) from None
    if exchange.reply is None:  # pragma: no cover - the thread sets one of the two
        raise WebError("the exchange ended without a reply")
    return exchange.reply


def bearer(token: Optional[str]) -> Dict[str, str]:
    """The header that carries a token, or none."""
    return {"Authorization": f"Bearer {token}"} if token else {}


def json_object(body: bytes) -> Dict[str, object]:
    """The JSON object that a reply holds.

    Raises:
        WebError: it holds something else.
    """
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise WebError("the answer is no JSON") from None
    if not isinstance(value, dict):
        raise WebError("the answer is no JSON object")
    return value


def models(base_url: str, token: Optional[str], timeout: float) -> List[Dict[str, object]]:
    """The models that an OpenAI-like server lists at `base_url`/v1/models.

    Raises:
        WebError: there is no answer, not status 200, or no such list.
    """
    url = f"{base_url.rstrip('/')}/v1/models"
    reply = fetch(url, headers=bearer(token), timeout=timeout, limit=_MODELS_LIMIT)
    if reply.status in (401, 403):
        raise WebError(f"status {reply.status}: the token is {'refused' if token else 'missing'}")
    if reply.status != 200:
        raise WebError(f"status {reply.status}")
    listed = json_object(reply.body).get("data")
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise WebError("the answer has no list of models")
    return listed


def _split(url: str) -> SplitResult:
    if not re.fullmatch(r"[!-~]+", url):
        raise WebError("the address holds a blank or a character that is not ASCII")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        raise WebError(f"the address is wrong: {fault}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise WebError("the address should be http://host[:port]/path or https://…")
    if "@" in parts.netloc:
        raise WebError("the address holds a user or a password, which belong into a header")
    return parts


def _connection(parts: SplitResult, timeout: float) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "http":
        return http.client.HTTPConnection(host, parts.port, timeout=timeout)
    return http.client.HTTPSConnection(
        host, parts.port, timeout=timeout, context=ssl.create_default_context()
    )


def _work(connection: http.client.HTTPConnection, request: _Request, exchange: _Exchange) -> None:
    try:
        connection.connect()
        if not exchange.given_up.is_set():
            exchange.reply = _ask(connection, request)
    except Exception as fault:  # noqa: BLE001 - carried to the caller's thread, which judges it
        exchange.fault = fault
    finally:
        connection.close()
        exchange.done.set()


def _ask(connection: http.client.HTTPConnection, request: _Request) -> Reply:
    connection.request(request.method, request.target, body=request.body, headers=dict(request.headers))
    with connection.getresponse() as response:
        body = response.read(request.limit + 1)
        if len(body) > request.limit:
            raise WebError(f"the answer has more than {request.limit} bytes")
        if response.length:  # what Content-Length promised and did not come
            raise WebError(f"the answer broke off {response.length} bytes before its end")
        return Reply(response.status, body, {name.lower(): value for name, value in response.getheaders()})


def _interrupt(connection: http.client.HTTPConnection) -> None:
    """Wake the thread that waits on the socket."""
    open_socket = connection.sock
    if open_socket is not None:
        with contextlib.suppress(OSError):
            socket.socket.shutdown(open_socket, socket.SHUT_RDWR)


_REASONS: Tuple[Tuple[type, str], ...] = (
    (ConnectionRefusedError, "connection refused: nothing listens there"),
    (http.client.RemoteDisconnected, "the server closed the connection without an answer"),
    (http.client.IncompleteRead, "the answer broke off"),
    (http.client.HTTPException, "the answer is no HTTP"),
    (ConnectionError, "the connection broke"),
    (
        ValueError,
        "a header or the address holds a character that HTTP does not allow",
    ),  # not told: the token?
)


def _explained(fault: Exception, timeout: float) -> Exception:
    if isinstance(fault, WebError):
        return fault
    if isinstance(fault, socket.timeout):
        return WebError(f"no whole answer within {timeout:g} s")
    if isinstance(fault, ssl.SSLCertVerificationError):
        return WebError(f"the certificate is not accepted: {fault.verify_message}")
    if isinstance(fault, socket.gaierror):
        return WebError(f"the name of the host cannot be looked up: {fault.strerror}")
    for kind, reason in _REASONS:
        if isinstance(fault, kind):
            return WebError(reason)
    if isinstance(fault, OSError):
        return WebError(fault.strerror or type(fault).__name__)
    return fault
