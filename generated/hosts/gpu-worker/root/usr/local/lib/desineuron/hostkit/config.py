"""Loads a JSON file into a tree of frozen dataclasses, and refuses whatever does not fit.

A program that starts on half a configuration fails at the worst time, so nothing is ignored and nothing is
guessed: an unknown key, a missing one, another type, a key given twice or NaN is an error with the file and
the dotted path.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import math
import typing
from typing import Any, Dict, List, Literal, NoReturn, Tuple, Type, TypeVar, Union, get_args, get_origin

T = TypeVar("T")

_NAMES = {
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


class ConfigError(Exception):
    """A file that a person wrote or generated cannot be used; the message says where and why."""


def load(cls: Type[T], path: str) -> T:
    """Read the JSON file at `path` as a `cls`.

    Raises:
        ConfigError: the file cannot be read, or it does not fit `cls`.
    """
    try:
        with open(path, "rb") as stream:
            return parse(cls, stream.read(), path)
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be read: {fault.strerror or fault}") from None


def parse(cls: Type[T], data: bytes, name: str) -> T:
    """Read JSON text as a `cls`; `name` says in messages where it came from.

    Raises:
        ConfigError: it is not JSON, or it does not fit `cls`.
    """
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant, parse_float=_finite
        )
    except RecursionError:
        raise ConfigError(f"{name}: is nested too deeply") from None
    except ValueError as fault:
        raise ConfigError(f"{name}: is no valid JSON: {fault}") from None
    return build(cls, value, name)


def build(cls: Type[T], value: object, name: str) -> T:
    """Make a `cls` of a value that JSON gave.

    Raises:
        ConfigError: it does not fit `cls`.
    """
    try:
        return typing.cast(T, _convert(cls, value, ""))
    except _Misfit as fault:
        raise ConfigError(f"{name}: {fault}") from None


class _Misfit(Exception):
    """A value that does not fit, with its dotted path."""


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is given twice")
        found[key] = value
    return found


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is too large a number")
    return number


def _convert(kind: Any, value: object, at: str) -> object:
    origin = get_origin(kind)
    if origin is Union:
        return _optional(kind, value, at)
    if origin is Literal:
        return _literal(kind, value, at)
    if origin is tuple:
        item = get_args(kind)[0]
        return tuple(_convert(item, one, f"{at}[{place}]") for place, one in enumerate(_list(value, at)))
    if origin is dict:
        item = get_args(kind)[1]
        return {key: _convert(item, one, _below(at, key)) for key, one in _object(value, at).items()}
    if dataclasses.is_dataclass(kind):
        return _record(typing.cast(type, kind), _object(value, at), at)
    return _scalar(kind, value, at)


def _optional(kind: Any, value: object, at: str) -> object:
    inner = [one for one in get_args(kind) if one is not type(None)]
    if len(inner) != 1:
        raise TypeError(f"{kind} is no type of a configuration: only Optional is")
    return None if value is None else _convert(inner[0], value, at)


def _literal(kind: Any, value: object, at: str) -> object:
    allowed = get_args(kind)
    for one in allowed:
        if type(one) is type(value) and one == value:
            return value
    close = difflib.get_close_matches(str(value), [str(one) for one in allowed], 1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    choices = " or ".join(json.dumps(one) for one in allowed)
    raise _Misfit(f"{_said(at)}should be {choices}{hint}")


def _record(cls: type, values: Dict[str, object], at: str) -> object:
    kinds = typing.get_type_hints(cls)
    fields = [field for field in dataclasses.fields(cls) if field.init]
    _refuse_keys(values, fields, at)
    arguments = {key: _convert(kinds[key], value, _below(at, key)) for key, value in values.items()}
    try:
        return cls(**arguments)
    except ValueError as fault:
        raise _Misfit(f"{_said(at)}{fault}") from None


def _refuse_keys(values: Dict[str, object], fields: List[Any], at: str) -> None:
    known = [field.name for field in fields]
    for key in values:
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            raise _Misfit(
                f"{_below(at, key)}: is unknown" + (f"; did you mean {close[0]!r}?" if close else "")
            )
    for field in fields:
        needed = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if needed and field.name not in values:
            raise _Misfit(f"{_below(at, field.name)}: is missing")


def _scalar(kind: Any, value: object, at: str) -> object:
    if kind not in (str, bool, int, float):
        raise TypeError(f"{kind} is no type of a configuration")
    if kind is float and type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise _Misfit(f"{_said(at)}is too large a number") from None
    if type(value) is not kind:
        _refuse_type(_NAMES[kind], value, at)
    return value


def _list(value: object, at: str) -> List[object]:
    if not isinstance(value, list):
        _refuse_type("a list", value, at)
    return value


def _object(value: object, at: str) -> Dict[str, object]:
    if not isinstance(value, dict):
        _refuse_type("an object", value, at)
    return value


def _refuse_type(wanted: str, value: object, at: str) -> NoReturn:
    """The value itself is not told: it may be a secret in the wrong place."""
    raise _Misfit(f"{_said(at)}should be {wanted}, not {_NAMES.get(type(value), 'this')}")


def _below(at: str, key: str) -> str:
    plain = key.isascii() and key.replace("_", "a").isalnum()
    name = key if plain else json.dumps(key)
    return f"{at}.{name}" if at else name


def _said(at: str) -> str:
    return f"{at}: " if at else ""
