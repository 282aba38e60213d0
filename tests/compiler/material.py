"""What the tests of the compiler share: a spec that compiles, ways to change it, and small documents."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from compiler.source import Document, read_text
from compiler.spec import inputs, load
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "tests" / "specs" / "nordlys" / "runtime.yaml"
TRUTH_BOOK = ROOT / "specs" / "runtime.yaml"

Change = Callable[[Any], object]


def document(text: str, name: str = "spec.yaml") -> Document:
    """A document from YAML that is known to be good."""
    made, findings = read_text(text, name)
    assert made is not None, findings
    return made


def plain(data: Any) -> Any:
    """The data of a document as lists and dicts that a test may change."""
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    return [plain(value) for value in data] if isinstance(data, tuple) else data


def spec_data(spec: Path = SPEC) -> Any:
    """The data of a spec that compiles."""
    return plain(document(spec.read_text("utf-8")).data)


def changed(*changes: Change, spec: Path = SPEC) -> Document:
    """The spec after some changes, as a document of its own; JSON is YAML."""
    data = copy.deepcopy(spec_data(spec))
    for change in changes:
        change(data)
    return document(json.dumps(data, indent=1, ensure_ascii=False))


def runtime(*changes: Change, spec: Path = SPEC) -> Runtime:
    """A runtime from the spec after some changes, with its files attached."""
    loaded = load.load(changed(*changes, spec=spec))
    made = loaded.runtime
    assert made is not None, loaded.findings
    assert loaded.findings == []
    files, findings = inputs.read(made, spec.parent)
    assert findings == []
    made.attach(files)
    return made


def put(path: SpecPath, value: Any) -> Change:
    """The change that writes `value` at `path`."""

    def change(data: Any) -> None:
        *above, last = path
        for name in above:
            data = data[name]
        data[last] = value

    return change


def drop(path: SpecPath) -> Change:
    """The change that takes away what stands at `path`."""

    def change(data: Any) -> None:
        *above, last = path
        for name in above:
            data = data[name]
        del data[last]

    return change


def keys_where(table: dict[str, Any], **wanted: Any) -> Iterator[str]:
    """The keys of entries whose fields have these values, in order."""
    for key, entry in sorted(table.items()):
        if all(entry.get(name) == value for name, value in wanted.items()):
            yield key
