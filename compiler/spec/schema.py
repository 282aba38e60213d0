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
    """Drop what pydantic adds for programs: titles that repeat the key."""
    for field in definition.get("properties", {}).values():
        field.pop("title", None)
    definition.pop("title", None)
