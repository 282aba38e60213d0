"""The measured figures as a baseline: what the next benchmark through the public route is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.artifact import Artifact, Place, Target
from compiler.formats.json import Json, Value
from compiler.spec.measured import Measured
from compiler.spec.runtime import Runtime
from targets import common


def places(runtime: Runtime) -> Iterable[Place]:
    """Every client of this kind, once something was measured."""
    return common.clients(runtime, "benchmark") if runtime.measured else ()


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """One JSON file."""
    client = runtime.clients[common.name_of(place)]
    route = runtime.public.routes[client.route]
    if runtime.measured is not None:
        value: Value = {
            "route": common.base(runtime, route),
            "model": runtime.primary(runtime.serving[route.serving]).served_name,
            **_figures(runtime.measured),
        }
        yield Artifact(client.file, Json(value))


def _figures(measured: Measured) -> dict[str, Value]:
    load = measured.load_time
    return {
        "date": measured.date,
        "topology": measured.topology,
        "direct": {
            "timeToFirstTokenSeconds": measured.direct.time_to_first_token.seconds,
            "shortAnswerSeconds": measured.direct.short_answer_wall_time.seconds,
        },
        "concurrent": _concurrent(measured),
        "longContext": _long_context(measured),
        "publicRoute": {
            "timeToFirstTokenSeconds": measured.public_route.time_to_first_token.seconds,
            "completionTokensPerSecond": measured.public_route.throughput,
            "modelListStatus": dict(sorted(measured.public_route.statuses.items())),
        },
        **({"loadSeconds": load.seconds} if load is not None else {}),
    }


def _concurrent(measured: Measured) -> Value:
    figures = measured.concurrent
    return {
        "requests": [
            {"seconds": one.wall_time.seconds, "completionTokens": one.completion_tokens}
            for one in figures.requests
        ],
        "seconds": figures.wall_time.seconds,
        "completionTokens": figures.completion_tokens,
        "promptTokens": figures.prompt_tokens,
        "totalTokens": figures.total_tokens,
        "completionTokensPerSecond": figures.throughput,
    }


def _long_context(measured: Measured) -> Value:
    figures = measured.long_context
    return {
        "promptTokens": figures.prompt_tokens,
        "completionTokens": figures.completion_tokens,
        "totalTokens": figures.total_tokens,
        "seconds": figures.wall_time.seconds,
    }


TARGET = Target("benchmark", places, plan)
