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
    short_answer_wall_time: Duration


class Request(Node):
    """One of several at once."""

    wall_time: Duration
    completion_tokens: Count


class Concurrent(Node):
    """Several requests at once; throughput in completion tokens a second."""

    requests: tuple[Request, ...]
    wall_time: Duration
    completion_tokens: Count
    prompt_tokens: Count
    total_tokens: Count
    throughput: Rate


class LongContext(Node):
    """One request with a long prompt."""

    prompt_tokens: Count
    completion_tokens: Count
    total_tokens: Count
    wall_time: Duration


class PublicRoute(Node):
    """Through the public route; throughput in completion tokens a second."""

    time_to_first_token: Duration
    throughput: Rate
    statuses: dict[Identifier, Annotated[int, Field(ge=100, le=599)]]
    """HTTP status of the model list, by route."""


class Trial(Node):
    """A strategy that was tried on the hardware, and what came of it."""

    strategy: Annotated[Line, doc_only()]
    outcome: Annotated[Line, doc_only()]


class Measured(Node):
    """All figures of one day on one topology (truth book, sections 3, 11 and 13)."""

    date: Date
    topology: Line
    direct: Direct
    concurrent: Concurrent
    long_context: LongContext
    public_route: PublicRoute
    trials: tuple[Trial, ...]
