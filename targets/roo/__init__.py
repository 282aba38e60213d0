"""Settings for Roo Code, valid for Zoo Code too: keyless, with stable ids (facts of the client's own import).

The file says everything that the client would otherwise guess: an unset temperature is sent as 0, an absent
model info as 128000 tokens, and a missing id is made anew at each start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from compiler.artifact import Artifact, Place, Target
from compiler.formats.json import Json, Value
from compiler.spec.clients import Roo
from compiler.spec.runtime import Runtime
from targets import common
from targets.roo import rules


def places(runtime: Runtime) -> Iterable[Place]:
    """Every client of this kind."""
    return common.clients(runtime, "roo")


def plan(runtime: Runtime, place: Place) -> Iterator[Artifact]:
    """One settings file."""
    client = cast(Roo, runtime.clients[common.name_of(place)])
    identity = f"{client.profile}-{runtime.engine.name}"
    value: Value = {
        "providerProfiles": {
            "currentApiConfigName": client.profile,
            "apiConfigs": {client.profile: _profile(runtime, client, identity)},
            "modeApiConfigs": dict.fromkeys(client.modes, identity),
        }
    }
    yield Artifact(client.file, Json(value))


def _profile(runtime: Runtime, client: Roo, identity: str) -> Value:
    route = runtime.public.routes[client.route]
    return {
        "id": identity,
        "apiProvider": "openai",
        "openAiBaseUrl": common.base(runtime, route),
        "openAiModelId": runtime.primary(runtime.serving[route.serving]).served_name,
        "openAiStreamingEnabled": True,
        "openAiCustomModelInfo": {
            "maxTokens": client.max_tokens,
            "contextWindow": client.context,
            "supportsImages": False,
            "supportsPromptCache": False,
        },
        "modelTemperature": client.temperature.chosen,
        "includeMaxTokens": True,
        "rateLimitSeconds": 0,
        "consecutiveMistakeLimit": 3,
        "todoListEnabled": True,
    }


TARGET = Target("roo", places, plan, rules.RULES)
