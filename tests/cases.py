"""Bad specs as data: each file below tests/errors/ is a small change to a good spec, and what it must give.

    about: a client asks for more context than its server has
    spec: small                       # a folder of tests/specs/, or `book` for specs/runtime.yaml
    change:
      - {at: clients.editor.context, write: 200000}
    expect:
      - DN049 266:14 the server's ceiling

A change is one of: `at` and `write` (the value is replaced), `at` and `key` (the key is), `at` and `drop`
(the entry goes), `at` and `add` (lines are added at the end of the mapping), `find` and `write` (a piece of
text that occurs once). In place of `spec` and `change`, `text` is a whole file, `bytes` one in hexadecimal.
What is expected is the whole list, in the order in which it is shown: code, line:column, and any part of the
message. Without anything expected the spec must compile: a near miss.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.diagnostics import Diagnostic
from compiler.pipeline import compile_document
from compiler.source import Document, read, read_text
from compiler.spec.path import SpecPath
from compiler.spec.shape import reach
from targets import TARGETS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "tests" / "errors"


@dataclass(frozen=True)
class Case:
    """One bad spec, or near miss."""

    name: str
    spec: Path
    text: bytes
    expected: tuple[str, ...]

    @property
    def about(self) -> str:
        """The code that the file is named after."""
        return self.name[:5]


def folder_of(spec: str) -> Path:
    return ROOT / "specs" if spec == "book" else ROOT / "tests" / "specs" / spec


def every() -> list[Case]:
    return [load(place) for place in sorted(FOLDER.glob("*.yaml"))]


def load(place: Path) -> Case:
    data: Any = document(place.read_text("utf-8"), place.name).data
    spec = folder_of(data.get("spec", "small")) / "runtime.yaml"
    return Case(place.stem, spec, _bytes(data, spec), tuple(data["expect"]))


def _bytes(data: Any, spec: Path) -> bytes:
    if "bytes" in data:
        return bytes.fromhex(data["bytes"])
    if "text" in data:
        return str(data["text"]).encode()
    text = spec.read_text("utf-8")
    for change in data["change"]:
        text = changed(text, change)
    return text.encode()


def document(text: str, name: str = "spec.yaml") -> Document:
    made, findings = read_text(text, name)
    assert made is not None, (name, findings)
    return made


def changed(text: str, change: dict[str, Any]) -> str:
    """The text after one change."""
    if "find" in change:
        assert text.count(change["find"]) == 1, (
            f"occurs {text.count(change['find'])} times: {change['find']!r}"
        )
        return text.replace(change["find"], str(change["write"]))
    made = document(text)
    path = parsed(str(change["at"]))
    assert path in made.values, f"there is no {change['at']}"
    if "key" in change:
        return _token(made, made.keys[path], str(change["key"]))
    if "add" in change:
        return _added(made, path, str(change["add"]))
    if "drop" in change:
        return _block(made, path, None)
    return _written(made, path, str(change["write"]))


def _written(made: Document, path: SpecPath, new: str) -> str:
    value = reach(made.data, path)
    inline = made.values[path].line == made.keys[path].line
    if not isinstance(value, dict | tuple) and inline and "\n" not in new:
        return _token(made, made.values[path], new)
    return _block(made, path, new)


def _token(made: Document, span: Any, new: str) -> str:
    lines = list(made.lines)
    line = lines[span.line - 1]
    lines[span.line - 1] = line[: span.column - 1] + new + line[span.column - 1 + span.width :]
    return "\n".join(lines)


def _block(made: Document, path: SpecPath, new: str | None) -> str:
    """The entry with everything below it, written anew or taken away."""
    lines = list(made.lines)
    first = made.keys[path].line - 1
    last = _last(made, first)
    head = lines[first][: made.keys[path].column - 1]
    name = "" if isinstance(path[-1], int) else f"{path[-1]}:"
    blank = "" if not name or (new or "").startswith("\n") else " "
    lines[first : last + 1] = [] if new is None else f"{head}{name}{blank}{new}".rstrip("\n").split("\n")
    return "\n".join(lines)


def _added(made: Document, path: SpecPath, new: str) -> str:
    lines = list(made.lines)
    depth = 0
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if path:
        first = made.keys[path].line - 1
        end = _last(made, first) + 1
        depth = min(span.column for key, span in made.keys.items() if key[:-1] == path) - 1
    lines[end:end] = [" " * depth + line if line else line for line in new.rstrip("\n").split("\n")]
    return "\n".join(lines)


def _last(made: Document, first: int) -> int:
    """The last line of the block that begins at `first`: what is indented deeper, no blank lines after."""
    depth = len(made.lines[first]) - len(made.lines[first].lstrip())
    last = first
    for number in range(first + 1, len(made.lines)):
        line = made.lines[number]
        if line.strip() and len(line) - len(line.lstrip()) <= depth:
            break
        last = number if line.strip() else last
    return last


def parsed(dotted: str) -> SpecPath:
    """The path that `dotted` prints; a name with a dot in it stands in backquotes."""
    parts = re.findall(r"`([^`]+)`|([^.\[\]`]+)|\[(\d+)\]", dotted)
    return tuple(int(index) if index else quoted or plain for quoted, plain, index in parts)


def findings(case: Case, folder: Path) -> tuple[Diagnostic, ...]:
    """Everything that the compiler says of a case, whose text is written into `folder`."""
    place = folder / "runtime.yaml"
    place.write_bytes(case.text)
    made, found = read(place, "runtime.yaml", partial=True)
    if made is None:
        return tuple(found)
    return compile_document(made, case.spec.parent, TARGETS, found).findings


def shown(found: Diagnostic) -> str:
    """A finding as a case writes it, without its message."""
    return (
        f"{found.code} {found.span.line}:{found.span.column}" if found.span else f"{found.code} {found.file}"
    )
