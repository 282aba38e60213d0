"""The derived schema and the client's own code agree on some hundred settings files: verdicts, dropped keys.

The files are made from a good one, each with one part changed, taken away or added, everywhere in turn.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compiler.verify.json_lines import At, lines
from targets.roo.checks import imported, own
from targets.roo.checks.imported import stripped
from targets.roo.checks.profile import Server
from targets.roo.checks.schema import complaints
from targets.roo.checks.settings import Settings, derived, reach
from tests.verify.test_roo import zod

__all__ = ["zod"]
GOOD: dict[str, Any] = {
    "providerProfiles": {
        "currentApiConfigName": "team",
        "apiConfigs": {
            "team": {
                "id": "team-1",
                "apiProvider": "openai",
                "openAiBaseUrl": "https://llm.example.org/v1",
                "openAiModelId": "coder",
                "openAiHeaders": {"X-Team": "a"},
                "openAiCustomModelInfo": {
                    "maxTokens": 4096,
                    "contextWindow": 65536,
                    "supportsPromptCache": False,
                    "supportsImages": False,
                    "tiers": [{"contextWindow": 1000, "inputPrice": 0.5}],
                },
                "modelTemperature": 0.2,
                "includeMaxTokens": True,
                "reasoningEffort": "low",
                "consecutiveMistakeLimit": 3,
            },
            "other": {"id": "other-1", "apiProvider": "ollama", "ollamaNumCtx": 4096},
        },
        "modeApiConfigs": {"code": "team-1"},
    },
    "globalSettings": {
        "autoApprovalEnabled": True,
        "allowedCommands": ["git log"],
        "language": "en",
        "customModePrompts": {"code": {"customInstructions": "be short"}},
        "customModes": [{"slug": "docs", "name": "Docs", "roleDefinition": "writes", "groups": ["read"]}],
        "codebaseIndexConfig": {"codebaseIndexEnabled": False, "codebaseIndexSearchMaxResults": 20},
    },
}
PROFILE: At = ("providerProfiles", "apiConfigs", "team")
OTHERS: tuple[object, ...] = (None, -1, 1.5, "", "x", True, [], {}, ["x"], {"x": 1})


def paths(value: object, at: At = ()) -> Iterator[At]:
    """Every part of a document."""
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from paths(part, (*at, key))


def mutants() -> Iterator[dict[str, Any]]:
    """The good file with each part changed, taken away, or with a stranger beside it."""
    yield GOOD
    for number, path in enumerate(paths(GOOD)):
        if not path:
            continue
        for step in range(4):
            yield changed(path, OTHERS[(number * 3 + step) % len(OTHERS)])
        yield without(path)
        if isinstance(path[-1], str):
            yield renamed(path)
        if isinstance(reach(GOOD, path), dict):
            yield changed((*path, "stranger"), 1)


def changed(path: At, value: object) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    reach(made, path[:-1])[path[-1]] = value
    return made


def without(path: At) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    del reach(made, path[:-1])[path[-1]]
    return made


def renamed(path: At) -> dict[str, Any]:
    made = copy.deepcopy(GOOD)
    around = reach(made, path[:-1])
    around[f"{path[-1]}s"] = around.pop(path[-1])
    return made


@pytest.mark.native
def test_both_give_the_same_verdict_and_drop_the_same_keys(zod: str, tmp_path: Path):
    files = []
    made = list(mutants())
    for number, one in enumerate(made):
        files.append(tmp_path / f"{number}.json")
        files[-1].write_text(json.dumps(one))
    work = tmp_path / "work"
    work.mkdir()
    answers = own.ask(zod, work, files)
    refused = [any(not one["dropped"] for one in answer) for answer in answers]
    by_schema = [complaints(one) for one in made]
    differ = [
        (one, answer, found)
        for one, answer, no, found in zip(made, answers, refused, by_schema, strict=True)
        if no != bool(found)
    ]
    assert differ == []
    for one, answer, no in zip(made, answers, refused, strict=True):
        if not no:
            dropped = sorted(tuple(part["path"]) for part in answer)
            assert dropped == sorted(path for path, _ in stripped(one, derived()))
    # All three outcomes occur, or this test says nothing.
    assert len(made) >= 200 and 50 < sum(refused) < len(made) - 50
    assert sum(bool(answer) and not no for answer, no in zip(answers, refused, strict=True)) > 20


def test_no_file_is_too_odd_for_the_checks():
    """What zod refuses, the other checks must live through; what they say has a line."""
    server = Server("/v1", 65536, ("coder",))
    told = 0
    for one in [
        *mutants(),
        *OTHERS,
        changed((*PROFILE, "openAiBaseUrl"), "http://["),
        dict.fromkeys("ab", GOOD),
    ]:
        text = json.dumps(one, indent=1)
        for found in imported.complaints(Settings("x", one, lines(text)), server):
            assert found.line > 0 and found.message, found
            told += 1
    assert told > 500
