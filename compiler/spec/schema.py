"""The JSON Schema of the spec, for editors: made from the models, committed beside the truth book."""

from __future__ import annotations

import json
from typing import Any

from compiler.spec.runtime import Runtime

NAME = "runtime.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> bytes:
    """The schema's text: every key with its description, an example and its unit's pattern."""
    made = Runtime.model_json_schema()
    for definition in (made, *made.get("$defs", {}).values()):
        _tidy(definition)
    return (json.dumps({"$schema": _DIALECT, **made}, indent=2, ensure_ascii=False) + "\n").encode()


def _tidy(definition: dict[str, Any]) -> None:
    """Drop what pydantic adds for programs (titles that repeat the key), and refuse keys of no known form."""
    for field in definition.get("properties", {}).values():
        field.pop("title", None)
        _close(field)
    definition.pop("title", None)


def _close(part: object) -> None:
    if isinstance(part, dict):
        if "patternProperties" in part:
            part["additionalProperties"] = False
        for below in part.values():
            _close(below)
    elif isinstance(part, list):
        for below in part:
            _close(below)
