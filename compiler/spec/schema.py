"""The JSON Schema of the spec, for editors: made from the models, committed beside the truth book."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

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
    """Give each key the docstring that stands below its field.

    The validation library could do this at import, but reading the sources of all models costs every build.
    """
    for parent in reversed(model.__mro__):
        if issubclass(parent, Node):
            for name, text in _docstrings(parent).items():
                if name in definition.get("properties", {}):
                    definition["properties"][name]["description"] = text


def _docstrings(model: type[Node]) -> dict[str, str]:
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    found = {}
    for field, below in pairwise(statements):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
            case _:
                pass
    return found


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
