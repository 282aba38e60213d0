"""The launch arguments that an SGLang wheel declares, read from its source text.

Two layouts are known. Up to 0.5.14 each argument is a call of `add_argument` in srt/server_args.py; later
most are fields (tools/wheel_fields.py). A row holds what the parser would hold.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from tools.wheel_constants import Defined, Scope, Unread, Wheel, read
from tools.wheel_fields import Declaration, fields

ARGUMENTS = "sglang.srt.server_args"
FIELDS = "sglang/srt/arg_groups/fields/"
Row = dict[str, Any]

# argparse's own actions that take no value, with their default.
_SWITCHES = {"store_true": False, "argparse.BooleanOptionalAction": None}
_TYPES = {
    "human_readable_int": "human int",
    "json.loads": "json",
    "json_list_type": "json list",
    "nullable_str": "str",
}
_INSTEAD = re.compile(r"\buse '?(--[a-z0-9-]+)'?(?: instead\b|\)|$)", re.IGNORECASE)
_DEPRECATED = re.compile(
    r"^(?:note: )?(?:[\[(]?deprecated\b[\]).:,]*|--\S+ is deprecated(?: now)?\.?) ?", re.IGNORECASE
)


def rows(wheel: Wheel) -> list[Row]:
    """Every flag of the wheel, by name."""
    module = wheel.module(ARGUMENTS)
    if module is None:
        raise Unread(f"the wheel has no {ARGUMENTS}")
    server = module.class_of("ServerArgs")
    homes = [*_field_classes(wheel), server]
    found = [*_calls(server, homes), *(one for home in homes for one in fields(home))]
    outdated = _outdated_choices(server)
    return sorted((_row(one, outdated) for one in found), key=lambda row: str(row["name"]))


def raw_count(wheel: Wheel) -> int:
    """How many flags the text declares, counted without parsing it: what `rows` is held against."""
    texts = [wheel.text(name) for name in sorted(wheel.names) if name.startswith(FIELDS)]
    texts.append(wheel.text(ARGUMENTS.replace(".", "/") + ".py"))
    text = "\n".join(texts)
    named = set(re.findall(r'^    (\w+): A\[(?![^"(]*, NS\()', text, re.MULTILINE))
    hidden = re.findall(r"(?<!`)\bno_cli=True", text)
    return len(re.findall(r"\.add_argument\(", text)) + len(named) - len(hidden)


def _field_classes(wheel: Wheel) -> Iterator[Defined]:
    for name in sorted(wheel.names):
        module = wheel.module(name.removesuffix(".py").replace("/", ".")) if name.startswith(FIELDS) else None
        for node in module.body if module else []:
            if module and isinstance(node, ast.ClassDef):
                yield Defined(node, module)


# ── Calls of add_argument


def _calls(server: Defined, homes: list[Defined]) -> Iterator[Declaration]:
    defaults = {name: (node, home.within) for home in homes for name, node in _defaults(home)}
    method = server.within.named("add_cli_args")
    for node in ast.walk(method.node):
        match node:
            case ast.Call(func=ast.Attribute(attr="add_argument"), args=names, keywords=words):
                given = {word.arg: word.value for word in words if word.arg}
                yield _call(tuple(map(ast.literal_eval, names)), given, method.within, defaults)
            case _:
                pass


def _call(
    names: tuple[str, ...],
    given: dict[str, ast.expr],
    scope: Scope,
    defaults: dict[str, tuple[ast.expr, Scope]],
) -> Declaration:
    """A call, its default looked up where it is that of a field."""
    match given.get("default"):
        case ast.Attribute(value=ast.Name(id="ServerArgs"), attr=name) if name in defaults:
            pass
        case ast.Call(func=ast.Name(id="_declared_default"), args=[ast.Constant(value=str(name))]):
            pass
        case _:
            return Declaration(names, given, scope)
    node, home = defaults[name]
    return Declaration(
        names, {**given, "default": node}, home if "choices" not in given else _both(scope, home)
    )


def _both(scope: Scope, home: Scope) -> Scope:
    """The names of a method, then those of the class whose defaults it takes."""
    return Scope(scope.wheel, [*home.body, *scope.body], scope.outer)


def _defaults(home: Defined) -> Iterator[tuple[str, ast.expr]]:
    for node in home.node.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node.value or ast.Constant(None)


# ── From a declaration to a row


def _row(one: Declaration, outdated: dict[str, dict[str, str]]) -> Row:
    """What the parser knows of one flag; a key is left out where it has nothing to say."""
    given = one.given
    name, *aliases = one.names
    dest = _text(given.get("dest"), one.scope) or name.lstrip("-").replace("-", "_")
    row: Row = {"name": name, "dest": dest, "type": _type(one), "default": None}
    row |= {"aliases": aliases} if aliases else {}
    row |= {"required": True} if "required" in given and read(given["required"], one.scope) else {}
    row |= {"nargs": read(given["nargs"], one.scope)} if row["type"] != "switch" and _several(one) else {}
    row |= {"negation": "--no-" + name[2:]} if _action(one).endswith("BooleanOptionalAction") else {}
    row |= {"outdated": outdated[dest]} if dest in outdated else {}
    for key, node in {
        "choices": given.get("choices"),
        "default": given.get("default", _default(one)),
    }.items():
        if node is not None and ast.unparse(node) != "argparse.SUPPRESS":
            _put(row, key, node, one.scope)
    return row | _deprecation(one)


def _put(row: Row, key: str, node: ast.expr, scope: Scope) -> None:
    """A computed value that cannot be read is said, and is null."""
    try:
        row[key] = read(node, scope)
    except Unread:
        row[key] = None
        row.setdefault("unread", []).append(key)


def _several(one: Declaration) -> bool:
    node = one.given.get("nargs")
    return node is not None and read(node, one.scope) is not None


def _action(one: Declaration) -> str:
    node = one.given.get("action")
    return "" if node is None else (_text(node, one.scope) or ast.unparse(node))


def _custom(one: Declaration) -> dict[str, ast.expr]:
    """The defaults of the parameters of an action's class, where the wheel defines that class."""
    node = one.given.get("action")
    if not isinstance(node, ast.Name):
        return {}
    action = one.scope.named(node.id)
    made = action.within.definitions.get("__init__") if isinstance(action, Defined) else None
    if not isinstance(made, ast.FunctionDef):
        return {}
    named = made.args.args[len(made.args.args) - len(made.args.defaults) :]
    return {arg.arg: value for arg, value in zip(named, made.args.defaults, strict=True)}


def _default(one: Declaration) -> ast.expr | None:
    action = _action(one)
    return ast.Constant(_SWITCHES[action]) if action in _SWITCHES else _custom(one).get("default")


def _type(one: Declaration) -> str:
    action = _action(one)
    nargs = one.given.get("nargs") or _custom(one).get("nargs")
    if action in _SWITCHES or (nargs is not None and read(nargs, one.scope) == 0):
        return "switch"
    kind = ast.unparse(one.given.get("type", ast.Name("str")))
    return _TYPES.get(kind, kind if kind in {"int", "float", "str"} else "custom")


def _deprecation(one: Declaration) -> Row:
    """The text of a flag's deprecation, and the flag that takes its place where one does."""
    text = " ".join(_text(one.given.get("help"), one.scope).split())
    if not _action(one).startswith("Deprecated") and not _DEPRECATED.search(text):
        return {}
    new = _text(one.given.get("new_flag"), one.scope)
    found = _INSTEAD.search(text)
    instead = new if re.fullmatch(r"--[a-z0-9-]+", new) else found[1] if found else ""
    return {"deprecated": _advice(text, new)} | ({"instead": instead} if instead else {})


def _advice(text: str, new: str) -> str:
    """What the engine says to do instead, without saying again that the flag is deprecated."""
    said = _DEPRECATED.sub("", text) if _DEPRECATED.search(text) else ""
    said = said.partition(")")[0] if text.startswith("(") else said
    said = said or (f"Use {new} instead." if new else "It does nothing any more.")
    return said[0].upper() + said[1:]


def _outdated_choices(server: Defined) -> dict[str, dict[str, str]]:
    """Values that the engine renames with a warning: `deprecated_<dest>s = {old: new}` in its methods."""
    found = {}
    for node in ast.walk(server.node):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict() as table) if name.startswith(
                "deprecated_"
            ):
                found[name.removeprefix("deprecated_").removesuffix("s")] = dict(ast.literal_eval(table))
    return found


def _text(node: ast.expr | None, scope: Scope) -> str:
    """A text; of a text with parts computed, the parts that are not."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part, scope) for part in node.values)
    try:
        value = read(node, scope) if node is not None else ""
    except Unread:
        return ""
    return value if isinstance(value, str) else ""
