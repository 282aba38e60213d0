"""Facts about clients and figures (truth book, sections 6, 10 to 12, 15 to 17)."""

from __future__ import annotations

from typing import Any

from compiler.source.document import Data
from tests.book import reading
from tests.book.facts.fact import Fact, Tree

BASE = "https://llm.desineuron.in/v1"
CHAT, MODELS, MODEL = f"{BASE}/chat/completions", f"{BASE}/models", "qwen3.6-35b-a3b"
OTHER_HOST = {"public/routes/llm/hostname": "other.example.org"}
OTHER_MODEL = {"models/coder/served_name": "other"}
OTHER_BASE = {"public/base": "/v2"}
FIGURES = "measured"


def profile(tree: Tree) -> Any:
    profiles = reading.loads(tree.client("roo/roo-code-settings.json"))["providerProfiles"]
    return profiles["apiConfigs"][profiles["currentApiConfigName"]]


def catalogue(tree: Tree) -> Any:
    return reading.loads(tree.client("provider-catalogue/provider-catalogue.json"))


def baseline(tree: Tree) -> Any:
    return reading.loads(tree.client("benchmark/benchmark-baseline.json"))


def env(tree: Tree, path: str) -> tuple[dict[str, str | None], list[str]]:
    """The variables of a client that are set, and the names of those that are secrets."""
    data = tree.client(path)
    return reading.env(data), sorted(reading.secrets(data))


def setting(tree: Tree, name: str) -> str:
    """What the hand-off page tells the team to type in."""
    (value,) = [row[1] for row in tree.rows("roo") if row[0] == name]
    return value


def figure(section: str, what: str, keys: str, expected: object, spoil: str, value: Data) -> Fact:
    """A measured figure in the benchmark's baseline."""

    def read(tree: Tree) -> object:
        found = baseline(tree)
        for key in keys.split("/"):
            found = found[int(key) if key.isdigit() else key]
        return found

    return Fact(section, what, read, expected, {f"measured/{spoil}": value})


FACTS = [
    Fact(
        "15",
        "the backend's variables, the token as a reference",
        lambda t: env(t, "backend/backend.env"),
        (
            {
                "LLM_BASE_URL": BASE,
                "SGLANG_BASE_URL": BASE,
                "SGLANG_CHAT_URL": CHAT,
                "SGLANG_MODELS_URL": MODELS,
                "SGLANG_MODEL": MODEL,
            },
            ["SGLANG_API_TOKEN"],
        ),
        OTHER_HOST,
    ),
    Fact(
        "15",
        "the name of the token's variable",
        lambda t: env(t, "backend/backend.env")[1],
        ["SGLANG_API_TOKEN"],
        {"clients/backend/variables": {"SGLANG_TOKEN": "api_key"}},
    ),
    Fact(
        "14",
        "NemoClaw's endpoint and model",
        lambda t: [env(t, "nemoclaw/nemoclaw.env")[0][name] for name in ("SGLANG_CHAT_URL", "SGLANG_MODEL")],
        [CHAT, MODEL],
        OTHER_MODEL,
    ),
    Fact(
        "6",
        "NemoClaw's deploy helper",
        lambda t: (
            t.outputs.keys()
            >= {f"clients/nemoclaw/{name}" for name in ("nemoclaw_deploy.sh", "deploy_client.py")}
            and reading.argv(t.client("nemoclaw/nemoclaw_deploy.sh"))[-1].endswith("/nemoclaw.env")
        ),
        True,
        {"clients/nemoclaw/deploy_script": "other.sh"},
    ),
    Fact(
        "14",
        "the Oracle runtime's endpoint and model",
        lambda t: [env(t, "oracle/oracle-runtime.env")[0][name] for name in ("LLM_BASE_URL", "SGLANG_MODEL")],
        [BASE, MODEL],
        OTHER_BASE,
    ),
    Fact(
        "6",
        "the prompt expander's endpoint",
        lambda t: env(t, "prompt-expander/prompt-expander.env")[0]["SGLANG_CHAT_URL"],
        CHAT,
        OTHER_HOST,
    ),
    Fact(
        "6",
        "one provider",
        lambda t: [catalogue(t)["default"], list(catalogue(t)["providers"])],
        ["sglang", ["sglang"]],
        {"clients/provider-catalogue/file": "other.json"},
    ),
    Fact(
        "6",
        "old provider names",
        lambda t: catalogue(t)["aliases"],
        {"ollama": "sglang", "nemoclaw": "sglang"},
        {"legacy/providers": ("ollama",)},
    ),
    Fact(
        "6",
        "models are discovered here",
        lambda t: catalogue(t)["providers"]["sglang"]["modelsUrl"],
        MODELS,
        OTHER_BASE,
    ),
    Fact(
        "12",
        "the provider's model",
        lambda t: catalogue(t)["providers"]["sglang"]["model"],
        MODEL,
        OTHER_MODEL,
    ),
    Fact(
        "12",
        "the old model id is refused",
        lambda t: "qwen3.6:35b-a3b" in catalogue(t)["refusedModels"],
        True,
        {"legacy/model_ids": ("x:y",)},
    ),
    Fact(
        "4",
        "the NVFP4 model is refused",
        lambda t: "txn545/Qwen3.5-122B-A10B-NVFP4" in catalogue(t)["refusedModels"],
        True,
        {"models/candidate-122b-nvfp4/repository": "other/model"},
    ),
    Fact(
        "10",
        "Roo's provider and base URL",
        lambda t: [profile(t)["apiProvider"], profile(t)["openAiBaseUrl"]],
        ["openai", BASE],
        OTHER_HOST,
    ),
    Fact("10", "Roo's model", lambda t: profile(t)["openAiModelId"], MODEL, OTHER_MODEL),
    Fact(
        "10",
        "Roo's context",
        lambda t: profile(t)["openAiCustomModelInfo"]["contextWindow"],
        131072,
        {"clients/roo/context": 65536},
    ),
    Fact(
        "10",
        "Roo's temperature",
        lambda t: 0.1 <= profile(t)["modelTemperature"] <= 0.2,
        True,
        {"clients/roo/temperature/chosen": 0.3},
    ),
    Fact("17", "hand-off: base URL", lambda t: setting(t, "Base URL"), BASE, OTHER_HOST),
    Fact("17", "hand-off: model", lambda t: setting(t, "Model"), f"{MODEL} (Qwen 3.6 35B A3B)", OTHER_MODEL),
    Fact(
        "17",
        "hand-off: context",
        lambda t: setting(t, "Context window"),
        "131072 (the server's ceiling is 131072)",
        {"clients/roo/context": 65536},
    ),
    Fact(
        "17",
        "hand-off: provider type, from whom",
        lambda t: [setting(t, "API provider"), setting(t, "Base URL")],
        ["OpenAI Compatible", BASE],
        {"clients/roo/route": "velocity"},
    ),
    Fact(
        "10",
        "hand-off: temperature",
        lambda t: setting(t, "Temperature"),
        "0.1 (the team's range: 0.1 to 0.2)",
        {"clients/roo/temperature/high": 0.3},
    ),
    Fact(
        "16",
        "seven things are left, and two that recovery and routes wait for",
        lambda t: len(t.items("What is left to do")),
        9,
        {"remaining": ("one",)},
    ),
    figure("11", "the day", "date", "2026-04-22", "date", "2026-04-23"),
    figure(
        "11",
        "time to first token",
        "direct/timeToFirstTokenSeconds",
        0.12,
        "direct/time_to_first_token",
        "0.13s",
    ),
    figure("11", "short answer", "direct/shortAnswerSeconds", 1.31, "direct/short_answer_wall_time", "1.32s"),
    figure(
        "11",
        "three requests",
        "concurrent/requests",
        [{"seconds": seconds, "completionTokens": 256} for seconds in (3.608, 3.609, 3.608)],
        "concurrent/requests/1/wall_time",
        "3.6s",
    ),
    figure("11", "their wall time", "concurrent/seconds", 3.61, "concurrent/wall_time", "3.7s"),
    figure(
        "11",
        "their completion tokens",
        "concurrent/completionTokens",
        768,
        "concurrent/completion_tokens",
        769,
    ),
    figure("11", "their prompt tokens", "concurrent/promptTokens", 168, "concurrent/prompt_tokens", 169),
    figure("11", "their tokens", "concurrent/totalTokens", 936, "concurrent/total_tokens", 937),
    figure(
        "11",
        "their throughput",
        "concurrent/completionTokensPerSecond",
        212.76,
        "concurrent/throughput",
        212.0,
    ),
    figure(
        "11",
        "the long request",
        "longContext",
        {"promptTokens": 50010, "completionTokens": 8, "totalTokens": 50018, "seconds": 8.345},
        "long_context/wall_time",
        "8s",
    ),
    figure(
        "3",
        "time to first token, public route",
        "publicRoute/timeToFirstTokenSeconds",
        2.36,
        "public_route/time_to_first_token",
        "2s",
    ),
    figure(
        "3",
        "throughput, public route",
        "publicRoute/completionTokensPerSecond",
        33.86,
        "public_route/throughput",
        34.0,
    ),
    figure(
        "3",
        "both routes answered",
        "publicRoute/modelListStatus",
        {"velocity": 200, "llm": 200},
        "public_route/statuses/llm",
        503,
    ),
]
