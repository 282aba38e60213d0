"""JSON: parsed strictly. A key that is given twice, NaN or a second document is refused by some reader."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

from compiler.formats.json import Json
from compiler.verify.check import Check, Found, Subject
from compiler.verify.consumers.laid import places
from compiler.verify.site import Site

_LARGEST = 2**53  # from here on a reader with floating-point numbers alone, such as JavaScript, is inexact


class _Refused(ValueError):
    """What a reader refuses, and the text in the file that it is about: a value, or a key."""

    def __init__(self, message: str, text: str, *, of_value: bool = True) -> None:
        super().__init__(message)
        self.text = text
        self.of_value = of_value


def subjects(site: Site) -> Iterator[Subject]:
    """Each place with JSON files."""
    for place in places(site):
        found = [
            path
            for path, one in site.files(place).items()
            if path.endswith(".json") or isinstance(one.planned.artifact.content, Json)
        ]
        if found:
            yield Subject(place, tuple(found))


def parse(site: Site, subject: Subject) -> Iterator[Found]:
    """The first fault of each file."""
    for path in subject.paths:
        data = site.files(subject.place)[path].data
        found = fault(data)
        if found:
            yield Found(path, *found)


def fault(data: bytes) -> tuple[int, str, str] | None:
    """The line, what is wrong and the text that is; nothing for a good file."""
    text = data.decode("utf-8", "replace")
    try:
        data.decode("utf-8")
        json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_exact)
    except _Refused as error:
        return _last_line(text, error.text), str(error), error.text if error.of_value else ""
    except json.JSONDecodeError as error:
        return error.lineno, f"{error.msg} at column {error.colno}", ""
    except (UnicodeDecodeError, RecursionError) as error:
        return 0, str(error), ""
    return None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Refused(
                f"the key {key!r} is given twice", json.dumps(key, ensure_ascii=False), of_value=False
            )
        found[key] = value
    return found


def _no_constant(text: str) -> NoReturn:
    raise _Refused(f"{text} is no JSON number", text)


def _exact(text: str) -> int:
    if abs(int(text)) > _LARGEST:
        raise _Refused(f"{text} is more than every reader takes exactly", text)
    return int(text)


def _last_line(text: str, part: str) -> int:
    return text.count("\n", 0, max(0, text.rfind(part))) + 1


def line_of(text: str, field: str) -> tuple[int, str]:
    """The line of a dotted field, as far as the file has it, and the text of that line."""
    at = 0
    for name in re.split(r"\.|\[\d+\]", field):
        found = text.find(f'"{name}":', at) if name else -1
        at = found if found >= 0 else at
    line = text.count("\n", 0, at) + 1
    return line, text.split("\n")[line - 1].strip().rstrip(",{[ ")


CHECKS = (Check("json", "DN441", (), subjects, parse),)
