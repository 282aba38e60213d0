"""The provider catalogue: one provider, the old names as aliases of it, and the model ids that are
refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.artifact import Artifact, Place, Target
from compiler.formats.json import Json, Value
from compiler.formats.marked import Url
from compiler.spec.runtime import Runtime
from targets import common


def places(runtime: Runtime) -> Iterable[Place]:
    """Every client of this kind."""
    return common.clients(runtime, "catalogue")


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """One JSON file."""
    client = runtime.clients[common.name_of(place)]
    route = runtime.public.routes[client.route]
    served = runtime.primary(runtime.serving[route.serving]).served_name
    engine = runtime.engine.name
    value: Value = {
        "default": engine,
        "providers": {
            engine: {
                "api": "openai",
                "baseUrl": common.base(runtime, route),
                "modelsUrl": Url(runtime.models_url(route)),
                "chatUrl": Url(runtime.chat_url(route)),
                "model": served,
            }
        },
        "aliases": dict.fromkeys(runtime.legacy.providers, engine),
        "refusedModels": _refused(runtime, served),
    }
    yield Artifact(client.file, Json(value))


def _refused(runtime: Runtime, served: str) -> Value:
    old = dict.fromkeys(runtime.legacy.model_ids, f"an id of the time before the cutover; use {served}")
    return {**old, **{model.repository: model.reason for _, model in runtime.rejected()}}


TARGET = Target("catalogue", places, plan)
