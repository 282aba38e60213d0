"""Decides whether a worker may get the traffic of a route, and whether the public gets what it was promised.

It exists because an open port proves nothing: SGLang echoes a *wrong* model name with a 200, so only the
model list says what is served, and only a completion says that it is served. A start-up answers the list
about two seconds before it can complete anything; the completion covers that.
"""

from __future__ import annotations

import concurrent.futures
import json
import time
from typing import Dict, List, Optional, Sequence, Tuple

from hostkit import web
from route_discovery import Candidate
from route_settings import Exit, Fault, RouteSettings

ANSWER_BYTES = 1_000_000
AT_ONCE = 8
PAUSE_SECONDS = 0.5
PROMPT = "Reply with the word ready."


class Unfit(Exception):
    """Something that answers, and not as it must."""


class Prober:
    """Asks workers and public URLs, with the same token.

    Args:
        token: for `Authorization: Bearer`; None where the routes are open.
        timeout: seconds for all that one worker is asked.
    """

    def __init__(self, token: Optional[str], timeout: float) -> None:
        self._headers = web.bearer(token)
        self._timeout = timeout

    def healthy(
        self, candidates: Sequence[Candidate], port: int, route: RouteSettings
    ) -> Tuple[List[Candidate], List[str]]:
        """Those that pass the gate, and what is wrong with the others."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            reasons = list(pool.map(lambda candidate: self.gate(candidate.address, port, route), candidates))
        passed = [candidate for candidate, reason in zip(candidates, reasons) if reason is None]
        failed = [
            f"{one.name} at {one.address}:{port}: {why}"
            for one, why in zip(candidates, reasons)
            if why is not None
        ]
        return passed, failed

    def gate(self, address: str, port: int, route: RouteSettings) -> Optional[str]:
        """Why a worker may not get the route's traffic; None if it may."""
        base = f"http://{address}:{port}/v1"
        deadline = time.monotonic() + self._timeout
        try:
            self._list(f"{base}/models", route, deadline)
            self._complete(f"{base}/chat/completions", route, deadline)
        except (Unfit, web.WebError) as fault:
            return str(fault)
        return None

    def confirm(self, route: RouteSettings, timeout: float) -> List[str]:
        """What is wrong with the route's public URLs, after asking until they are right or the time is over.

        nginx reloads behind its answer, so the first of them may still come from the old route.
        """
        deadline = time.monotonic() + timeout
        wrong = {url: self._wrong(url, route, deadline) for url in route.public_urls}
        while any(wrong.values()) and time.monotonic() + PAUSE_SECONDS < deadline:
            time.sleep(PAUSE_SECONDS)
            wrong = {url: why and self._wrong(url, route, deadline) for url, why in wrong.items()}
        return [f"{url}: {why}" for url, why in wrong.items() if why]

    def _wrong(self, url: str, route: RouteSettings, deadline: float) -> Optional[str]:
        try:
            self._list(url, route, min(deadline, time.monotonic() + self._timeout))
        except (Unfit, web.WebError) as fault:
            return str(fault)
        return None

    def _list(self, url: str, route: RouteSettings, deadline: float) -> None:
        """The model list holds the exact id, with the context that clients were told."""
        models = self._ask(url, None, deadline).get("data")
        listed = [model for model in models if isinstance(model, dict)] if isinstance(models, list) else []
        found = {str(model.get("id")): model for model in listed}
        if route.model_id not in found:
            others = ascii(sorted(found))[:200] if found else "no model"
            raise Unfit(f"it does not serve {route.model_id}, but {others}")
        length = found[route.model_id].get("max_model_len")
        if route.context_length is not None and length != route.context_length:
            told = ascii(length)[:40]
            raise Unfit(f"it serves {route.model_id} with a context of {told}, not {route.context_length}")

    def _complete(self, url: str, route: RouteSettings, deadline: float) -> None:
        """A short completion ends; a thinking model may spend it all on thoughts, so tokens count too."""
        asked: Dict[str, object] = {
            "model": route.model_id,
            "messages": [{"role": "user", "content": PROMPT}],
            "max_tokens": 8,
            "temperature": 0,
            "stream": False,
        }
        answer = self._ask(url, asked, deadline)
        if not _spoke(answer):
            raise Unfit("its completion is empty")

    def _ask(self, url: str, asked: Optional[Dict[str, object]], deadline: float) -> Dict[str, object]:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Unfit("no time is left to ask it")
        body = None if asked is None else json.dumps(asked).encode()
        headers = {**self._headers, **({} if body is None else {"Content-Type": "application/json"})}
        method = "GET" if body is None else "POST"
        reply = web.fetch(url, method=method, body=body, headers=headers, timeout=left, limit=ANSWER_BYTES)
        if reply.status != 200:
            hint = "; is the token right?" if reply.status in (401, 403) else ""
            raise Unfit(f"it answers with status {reply.status}{hint}")
        return web.json_object(reply.body)


def choose(healthy: Sequence[Candidate], failed: Sequence[str], route: RouteSettings) -> Tuple[str, ...]:
    """The addresses that the route goes to: exactly as many as it has workers.

    Raises:
        Fault: too few pass the gate, or more than that and the primary tag does not single them out.
    """
    if len(healthy) < route.workers:
        seen = "; ".join(failed) or "no other candidate was found"
        told = (
            f"{len(healthy)} of the {route.workers} workers of the route pass the gate; the old route stays"
        )
        raise Fault(
            Exit.UNHEALTHY,
            f"{told}: {seen}. Bring the missing ones back; a smaller fleet has to be compiled, with "
            f"fewer workers in this serving profile of the specification",
        )
    primary = [candidate for candidate in healthy if candidate.primary]
    chosen = healthy if len(healthy) == route.workers else primary
    if len(chosen) != route.workers:
        names = ", ".join(f"{one.name} at {one.address}" for one in healthy)
        raise Fault(
            Exit.AMBIGUOUS,
            f"{len(healthy)} workers pass the gate, {len(primary)} of them with the primary tag, but the "
            f"route goes to exactly {route.workers}; it stays as it was. {_remedy(route)}: {names}",
        )
    return tuple(candidate.address for candidate in chosen)


def _remedy(route: RouteSettings) -> str:
    """What an operator can change where more workers pass than the route has."""
    tag = route.discovery.primary_tag
    choice = (
        f"give exactly {route.workers} of them the tag {tag.key}={tag.value}"
        if tag is not None
        else "take discovery tags away from those that do not belong to it"
    )
    return f"Stop the surplus, {choice}, or compile the specification with more workers in this profile"


def _spoke(answer: Dict[str, object]) -> bool:
    choices, usage = answer.get("choices"), answer.get("usage")
    first = choices[0] if isinstance(choices, list) and choices else None
    message = first.get("message") if isinstance(first, dict) else None
    if not isinstance(message, dict):
        return False
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return bool(
        message.get("content") or message.get("reasoning_content") or (isinstance(tokens, int) and tokens > 0)
    )
