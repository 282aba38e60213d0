"""Asks the engine, at its bind address: health, models, metrics, and a short completion.

Each endpoint lies in its own way (/v1/models answers with a dead scheduler, /health before a generation), so
no single one is believed; see watchdog_decide for how they are weighed.
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import dataclass
from typing import Dict, Optional, Tuple

from hostkit import web
from watchdog_state import Answer, Listed, Work

ANSWER_BYTES = 1 << 20
METRICS_BYTES = 16 << 20
COMPLETION_TOKENS = 4
WAITING = ("sglang:num_running_reqs", "sglang:num_queue_reqs")


@dataclass(frozen=True)
class Engine:
    """Where the engine listens, what opens it, and how long a short answer may take, in seconds."""

    base_url: str
    token: Optional[str]
    timeout: float

    def health(self) -> Answer:
        """Does /health say 200? It says 503 while the engine starts."""
        try:
            reply = web.fetch(f"{self.base_url}/health", timeout=self.timeout, limit=ANSWER_BYTES)
        except web.WebError as fault:
            return Answer(False, str(fault))
        return Answer(reply.status == 200, f"status {reply.status}")

    def listed(self, wanted: str, wanted_length: int) -> Listed:
        """What /v1/models says."""
        try:
            rows = web.models(self.base_url, self.token, self.timeout)
        except web.WebError as fault:
            refused = str(fault).startswith(("status 401", "status 403"))
            return Listed(wanted, wanted_length, {}, str(fault), refused)
        return Listed(wanted, wanted_length, {str(row.get("id")): _length(row) for row in rows})

    def work(self) -> Optional[Work]:
        """Requests and tokens by /metrics, or None when it does not tell."""
        try:
            reply = web.fetch(f"{self.base_url}/metrics", timeout=self.timeout, limit=METRICS_BYTES)
        except web.WebError:
            return None
        return parse_work(reply.body.decode("utf-8", "replace")) if reply.status == 200 else None

    def complete(self, model: str, timeout: float) -> Answer:
        """A completion of a few tokens, within `timeout` seconds."""
        request = {"model": model, "prompt": "1 2 3", "max_tokens": COMPLETION_TOKENS, "temperature": 0}
        headers = {**web.bearer(self.token), "Content-Type": "application/json"}
        started = time.monotonic()
        try:
            reply = web.fetch(
                f"{self.base_url}/v1/completions",
                method="POST",
                body=json.dumps(request).encode(),
                headers=headers,
                timeout=timeout,
                limit=ANSWER_BYTES,
            )
            if reply.status != 200:
                return Answer(False, f"status {reply.status}")
            answer = web.json_object(reply.body)
        except web.WebError as fault:
            return Answer(False, str(fault))
        if not _generated(answer):
            return Answer(False, "the answer holds no token")
        return Answer(True, f"{time.monotonic() - started:.2f} s")


def parse_work(text: str) -> Optional[Work]:
    """The engine's Prometheus text; None when it has no count of requests (another server's?)."""
    requests, progress, seen = 0.0, 0.0, False
    for line in text.splitlines():
        name, value = _sample(line)
        if name in WAITING:
            requests, seen = requests + value, True
        elif name.startswith("sglang:") and ("token" in name or "throughput" in name):
            progress += value
    return Work(math.ceil(requests), progress) if seen else None


def _sample(line: str) -> Tuple[str, float]:
    if line.startswith("#"):
        return "", 0.0
    words = line.rsplit(None, 1)
    try:
        value = float(words[1])
    except (IndexError, ValueError):
        return "", 0.0
    return words[0].partition("{")[0].strip(), value if math.isfinite(value) else 0.0


def _length(row: Dict[str, object]) -> Optional[int]:
    length = row.get("max_model_len")
    return length if isinstance(length, int) else None


def _generated(answer: Dict[str, object]) -> bool:
    usage, choices = answer.get("usage"), answer.get("choices")
    tokens = usage.get("completion_tokens") if isinstance(usage, dict) else None
    return bool(choices) and isinstance(tokens, int) and tokens > 0
