"""Constants read out of the Python files of a wheel, without importing or running any of them.

What a command line accepts is written as constants, but seldom in one place: lists that are added up, keys of
a dictionary, names of an enumeration, defaults of a class. `read` follows those through the wheel's files.
What it cannot follow is `Unread`: it never guesses, and its caller says so.
"""

from __future__ import annotations

import ast
import operator
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_COLLECTIONS = {"list", "tuple", "set", "frozenset", "sorted"}
_Definition = ast.expr | ast.ClassDef | ast.FunctionDef


class Unread(Exception):
    """An expression that is no constant for this reader."""


@dataclass(frozen=True)
class Member:
    """One name of an enumeration."""

    name: str


@dataclass
class Wheel:
    """A wheel's Python files, each parsed once."""

    path: Path
    _read: dict[str, Scope | None] = field(default_factory=dict)

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        return zipfile.ZipFile(self.path)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self._zip.namelist())

    def text(self, name: str) -> str:
        """A file's text; "" where the wheel has no such file."""
        return self._zip.read(name).decode("utf-8") if name in self.names else ""

    def module(self, dotted: str) -> Scope | None:
        """The module of that name, or nothing when it is none of the wheel's."""
        if dotted not in self._read:
            base = PurePosixPath(*dotted.split("."))
            found = [name for name in (f"{base}.py", f"{base}/__init__.py") if name in self.names]
            self._read[dotted] = Scope(self, ast.parse(self.text(found[0])).body) if found else None
        return self._read[dotted]


@dataclass
class Scope:
    """Names that statements define, with those of the scope around them."""

    wheel: Wheel
    body: list[ast.stmt]
    outer: Scope | None = None
    bound: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def definitions(self) -> dict[str, _Definition]:
        """Each name's expression, class or function; the last one counts, as in Python."""
        return {name: node for statement in self.body for name, node in _defined(statement)}

    @cached_property
    def imports(self) -> dict[str, tuple[str, str]]:
        """Each imported name with the module that it comes from and its name there."""
        return {
            alias.asname or alias.name: (node.module or "", alias.name)
            for node in self.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }

    def class_of(self, name: str) -> Defined:
        """The class that is written under a name, whatever the name is bound to afterwards."""
        for node in self.body:
            if isinstance(node, ast.ClassDef) and node.name == name:
                return Defined(node, self)
        raise Unread(name)

    def inner(self, body: list[ast.stmt], **bound: Any) -> Scope:
        """A scope inside this one."""
        return Scope(self.wheel, body, self, bound)

    def named(self, name: str) -> Any:
        """What a name stands for."""
        if name in self.bound:
            return self.bound[name]
        if name in self.definitions:
            found = self.definitions[name]
            return read(found, self) if isinstance(found, ast.expr) else Defined(found, self)
        if name in self.imports:
            return self._imported(*self.imports[name])
        if self.outer:
            return self.outer.named(name)
        raise Unread(name)

    def _imported(self, module: str, name: str) -> Any:
        home = self.wheel.module(module)
        if home is None:
            raise Unread(f"{module}.{name}")
        return home.named(name)


@dataclass(frozen=True)
class Defined:
    """A class or a function, with the scope that it stands in."""

    node: ast.ClassDef | ast.FunctionDef
    scope: Scope

    @cached_property
    def within(self) -> Scope:
        return self.scope.inner(self.node.body)

    @property
    def members(self) -> list[Any]:
        """The names of an enumeration, in their order."""
        names = [name for statement in self.node.body for name, node in _defined(statement)]
        return [Member(name) for name in names if not name.startswith("_")]

    def returned(self) -> Any:
        """What a function of no arguments returns when none of its conditions holds."""
        last = self.node.body[-1]
        if not isinstance(last, ast.Return) or last.value is None:
            raise Unread(self.node.name)
        return read(last.value, self.within)


def _defined(statement: ast.stmt) -> Iterator[tuple[str, _Definition]]:
    if isinstance(statement, ast.ClassDef | ast.FunctionDef):
        yield statement.name, statement
    elif isinstance(statement, ast.AnnAssign):
        if isinstance(statement.target, ast.Name) and statement.value:
            yield statement.target.id, statement.value
    elif isinstance(statement, ast.Assign):
        yield from ((one.id, statement.value) for one in statement.targets if isinstance(one, ast.Name))


def read(node: ast.expr, scope: Scope) -> Any:
    """The value of an expression; `Unread` where it depends on anything but constants."""
    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple() | ast.Set():
            return [value for item in node.elts for value in _element(item, scope)]
        case ast.Dict() if None not in node.keys:
            return {read(key, scope): value for key, value in zip(node.keys, node.values, strict=True) if key}
        case ast.Name():
            return scope.named(node.id)
        case ast.Subscript() | ast.Attribute():
            return _part(node, read(node.value, scope))
        case ast.BinOp() if type(node.op) in _OPERATORS:
            return _OPERATORS[type(node.op)](read(node.left, scope), read(node.right, scope))
        case ast.Call():
            return _call(node, scope)
        case ast.ListComp():
            return _comprehension(node, scope)
        case _:
            return _literal(node)


def _literal(node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise Unread(ast.unparse(node)) from None


def _element(node: ast.expr, scope: Scope) -> list[Any]:
    return _items(read(node.value, scope)) if isinstance(node, ast.Starred) else [read(node, scope)]


def _part(node: ast.Subscript | ast.Attribute, base: Any) -> Any:
    """An item of a list, the name of a member, or an attribute of a class."""
    match node:
        case ast.Subscript(slice=ast.Constant(value=int(index))) if isinstance(base, list):
            return base[index]
        case ast.Attribute(attr="name") if isinstance(base, Member):
            return base.name
        case ast.Attribute(attr=name) if isinstance(base, Defined) and name in base.within.definitions:
            return base.within.named(name)
        case _:
            raise Unread(ast.unparse(node))


def _call(node: ast.Call, scope: Scope) -> Any:
    match node.func:
        case ast.Name(id=name) if name in _COLLECTIONS and len(node.args) == 1:
            return _items(read(node.args[0], scope))
        case ast.Attribute(attr="keys" | "copy", value=base):
            return _items(read(base, scope))
        case ast.Attribute(attr="lower" | "upper" as case, value=base):
            return str.lower(read(base, scope)) if case == "lower" else str.upper(read(base, scope))
        case ast.Name(id=name) if not node.args and not node.keywords:
            called = scope.named(name)
            if isinstance(called, Defined):
                return called.returned()
        case _:
            pass
    raise Unread(ast.unparse(node))


def _items(value: Any) -> list[Any]:
    if isinstance(value, Defined):
        return value.members
    if isinstance(value, list | dict):
        return list(value)
    raise Unread(repr(value))


def _comprehension(node: ast.ListComp, scope: Scope) -> list[Any]:
    (loop,) = node.generators
    if not isinstance(loop.target, ast.Name) or loop.ifs:
        raise Unread(ast.unparse(node))
    items = _items(read(loop.iter, scope))
    return [read(node.elt, scope.inner([], **{loop.target.id: item})) for item in items]
