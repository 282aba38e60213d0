"""The JSON Schema of the spec, for editors: made from the models, committed beside the truth book."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from compiler.spec.described import docstrings
from compiler.spec.node import Node
from compiler.spec.runtime import Runtime

NAME = "runtime.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> bytes:
    """The schema's text: every key with its description, an example and its unit's pattern."""
    made = Runtime.model_json_schema()
    definitions = {Runtime.__name__: made, **made.get("$defs", {})}
    for model in _models(Node):
        if model.__name__ in definitions:
            _describe(definitions[model.__name__], model)
    for definition in definitions.values():
        _tidy(definition)
    return (json.dumps({"$schema": _DIALECT, **made}, indent=2, ensure_ascii=False) + "\n").encode()


def _models(root: type[Node]) -> Iterator[type[Node]]:
    for model in root.__subclasses__():
        yield model
        yield from _models(model)


def _describe(definition: dict[str, Any], model: type[Node]) -> None:
    """Give each key the docstring that stands below its field."""
    for parent in reversed(model.__mro__):
        if issubclass(parent, Node):
            for name, text in docstrings(parent).items():
                if name in definition.get("properties", {}):
                    definition["properties"][name]["description"] = text


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
