"""The launch arguments of an SGLang wheel that are declared as fields, `name: A[type, Arg(…)] = default`.

They stand in `ServerArgs` and in the classes below srt/arg_groups/fields/. What follows from a field is what
srt/arg_groups/arg_utils.py makes of it: a call of `add_argument`, here a `Declaration`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tools.wheel_constants import Defined, Scope, read


@dataclass(frozen=True)
class Declaration:
    """What stands in the source: the option's spellings and the expressions that describe it."""

    names: tuple[str, ...]
    given: dict[str, ast.expr]
    scope: Scope


def fields(home: Defined) -> Iterator[Declaration]:
    """The fields that become arguments; one that stands twice is the later one, as in Python."""
    found: dict[str, Declaration | None] = {}
    for node in home.node.body:
        match node:
            case ast.AnnAssign(
                target=ast.Name(id=name),
                annotation=ast.Subscript(value=ast.Name(id="A"), slice=ast.Tuple(elts=[kind, *notes])),
                value=default,
            ):
                found[name] = _field(name, kind, notes[0], default, home.within)
            case _:
                pass
    yield from (one for one in found.values() if one)


def _field(
    name: str, kind: ast.expr, note: ast.expr, default: ast.expr | None, scope: Scope
) -> Declaration | None:
    """One field as the call that arg_utils.py makes of it: a bare text is the help, a mark is no argument."""
    given = _noted(note)
    if given is None:
        return None
    first = _taken(given, "cli_name", scope, "--" + name.replace("_", "-"))
    aliases = _taken(given, "aliases", scope, [])
    given |= _taken(given, "action_kwargs", scope, {})
    given["dest"] = ast.Constant(name)
    if "action" not in given:
        given |= _of_type(kind, given)
    if default is not None:
        given["default"] = _plain(default)
    elif "action" not in given:
        given["required"] = ast.Constant(True)
    return Declaration((first, *aliases), given, scope)


def _noted(note: ast.expr) -> dict[str, ast.expr] | None:
    match note:
        case ast.Call(func=ast.Name(id="Arg"), keywords=words):
            given = {word.arg: word.value for word in words if word.arg}
            return None if "no_cli" in given else given
        case ast.Call():
            return None
        case _:
            return {"help": note}


def _taken(given: dict[str, ast.expr], key: str, scope: Scope, otherwise: Any) -> Any:
    return read(given.pop(key), scope) if key in given else otherwise


def _plain(default: ast.expr) -> ast.expr:
    """The default that a factory makes."""
    match default:
        case ast.Call(keywords=[ast.keyword(arg="default_factory", value=ast.Name(id="list"))]):
            return ast.List([])
        case ast.Call(keywords=[ast.keyword(arg="default_factory", value=ast.Lambda(body=made))]):
            return made
        case _:
            return default


def _of_type(kind: ast.expr, given: dict[str, ast.expr]) -> dict[str, ast.expr]:
    """Type, choices and number of values that follow from a field's annotation, as in arg_utils.py."""
    own = {"type": given["type_parser"]} if "type_parser" in given else {}
    match _not_optional(kind):
        case ast.Subscript(value=ast.Name(id="Literal"), slice=values):
            items = values.elts if isinstance(values, ast.Tuple) else [values]
            first = type(ast.literal_eval(items[0])).__name__
            choices = given.get("choices", ast.List(items))
            return {"type": _scalar(ast.Name(first)), "choices": choices} | own
        case ast.Subscript(value=ast.Name(id="List"), slice=item) if not own:
            return {"type": _scalar(item), "nargs": given.get("nargs", ast.Constant("+"))}
        case ast.Name(id="bool") if not own:
            return {"action": ast.Constant("store_true")}
        case inner:
            return {"type": _scalar(inner)} | own


def _not_optional(kind: ast.expr) -> ast.expr:
    match kind:
        case ast.Subscript(value=ast.Name(id="Optional"), slice=inner):
            return inner
        case _:
            return kind


def _scalar(kind: ast.expr) -> ast.expr:
    return kind if isinstance(kind, ast.Name) and kind.id in {"int", "float"} else ast.Name("str")
