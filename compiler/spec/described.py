"""What a key is for: the docstring below its field, read from the source of its model.

The validation library could keep it from the import on, but reading the sources of all models would cost
every build; the JSON Schema and what is said of a mistake read them when they are needed.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise

from compiler.spec.node import Node


def description(model: type[Node], name: str) -> str:
    """The docstring of a field on one line, or of the mapping that it holds; empty if neither has one."""
    for parent in model.__mro__:
        if issubclass(parent, Node) and (text := docstrings(parent).get(name)):
            return " ".join(text.split())
    return ""


@cache
def docstrings(model: type[Node]) -> dict[str, str]:
    """The docstrings of the fields that stand in the model's own class."""
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
