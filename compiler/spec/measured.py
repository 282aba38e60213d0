"""Figures that were measured: a baseline for the next benchmark and data for the hand-off page."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from compiler.spec.node import Node, doc_only
from compiler.spec.scalars import Date, Identifier, Line
from compiler.spec.units import Count, Duration, Rate


class Direct(Node):
    """One request on the warm worker."""

    time_to_first_token: Duration
    """From the request to the first token."""
    short_answer_wall_time: Duration
    """From the request to the end of a short answer."""


class Request(Node):
    """One of several at once."""

    wall_time: Duration
    """From the request to its end."""
    completion_tokens: Count
    """Tokens of the answer."""


class Concurrent(Node):
    """Several requests at once; throughput in completion tokens a second."""

    requests: tuple[Request, ...]
    """Each of them."""
    wall_time: Duration
    """From the first request to the last end."""
    completion_tokens: Count
    """Tokens of all answers."""
    prompt_tokens: Count
    """Tokens of all prompts."""
    total_tokens: Count
    """Both together."""
    throughput: Rate
    """Completion tokens a second, all together."""


class LongContext(Node):
    """One request with a long prompt."""

    prompt_tokens: Count
    """Tokens of the prompt."""
    completion_tokens: Count
    """Tokens of the answer."""
    total_tokens: Count
    """Both together."""
    wall_time: Duration
    """From the request to its end."""


class PublicRoute(Node):
    """Through the public route; throughput in completion tokens a second."""

    time_to_first_token: Duration
    """From the request to the first token."""
    throughput: Rate
    """Completion tokens a second of one short answer."""
    statuses: dict[Identifier, Annotated[int, Field(ge=100, le=599, examples=[200])]]
    """HTTP status of the model list, by route."""


class Trial(Node):
    """A strategy that was tried on the hardware, and what came of it."""

    strategy: Annotated[Line, doc_only()]
    """What was tried."""
    outcome: Annotated[Line, doc_only()]
    """What came of it."""


class Measured(Node):
    """All figures of one day on one topology (truth book, sections 3, 11 and 13)."""

    date: Date
    """The day."""
    topology: Line
    """On what, and with what switched on."""
    direct: Direct
    concurrent: Concurrent
    long_context: LongContext
    public_route: PublicRoute
    trials: tuple[Trial, ...]
    """Strategies that were tried."""
    load_time: Duration | None = None
    """From the engine's start to its first answer, with every kernel to be built; null until measured."""
