"""Compiling the two specs of the tests, as they are and with one thing changed.

A change is compiled with the rules off: a neighbouring value is valid for its field and need not be sensible.
Manifests are left out there, since they repeat every other file's hash.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from compiler import plan as planning
from compiler.artifact import Content
from compiler.formats.verbatim import Verbatim
from compiler.pipeline import compile_document
from compiler.source import Document, read
from compiler.source.document import Data
from compiler.spec import inputs, load
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from targets import TARGETS

ROOT = Path(__file__).parents[2]
FIRST = ROOT / "specs" / "runtime.yaml"
SECOND = ROOT / "tests" / "specs" / "nordlys" / "runtime.yaml"
SPECS = {"first": FIRST, "second": SECOND}

Outputs = dict[str, bytes]


@cache
def document(spec: Path) -> Document:
    """The spec's text as data."""
    found, findings = read(spec)
    assert found is not None and findings == []
    return found


@cache
def bundle(spec: Path) -> Outputs:
    """Everything that `dncompile` makes of a spec, rules and manifests included."""
    compiled = compile_document(document(spec), spec.parent, TARGETS)
    assert compiled.bundle is not None, [found.message for found in compiled.findings]
    return {path: file.data for path, file in compiled.bundle.items()}


def runtime(spec: Path, data: Data) -> Runtime:
    """The model of changed data; a file that only the changed spec names has a made-up content."""
    loaded = load.load(replace(document(spec), data=data))
    made = loaded.runtime
    assert made is not None and loaded.findings == [], [found.message for found in loaded.findings]
    made.attach({name: b"made up\n" for _, name in inputs.named(made)} | _files(spec))
    return made


@cache
def _files(spec: Path) -> Outputs:
    made = load.load(document(spec)).runtime
    assert made is not None
    return inputs.read(made, spec.parent)[0]


def outputs(spec: Path, data: Data) -> Outputs:
    """What changed data compiles to: every file but the manifests."""
    planned, findings = planning.plan(runtime(spec, data), TARGETS)
    assert findings == [], [found.message for found in findings]
    return {one.path: _bytes(one.artifact.content) for one in planned}


@cache
def unchanged(spec: Path) -> Outputs:
    """What `outputs` gives for the spec as it is."""
    return outputs(spec, document(spec).data)


def mutated(spec: Path, *changes: tuple[SpecPath, Data]) -> Outputs:
    """What the spec compiles to with each place of `changes` set to its value."""
    data = document(spec).data
    for path, value in changes:
        data = put(data, path, value)
    return outputs(spec, data)


def put(data: Data, path: SpecPath, value: Data) -> Data:
    """The data with another value at `path`; a key that is not there is added."""
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, dict):
        return {**data, str(first): put(data.get(str(first)), rest, value)}
    assert isinstance(data, tuple)
    return tuple(put(part, rest, value) if at == first else part for at, part in enumerate(data))


def _bytes(content: Content) -> bytes:
    return _program(content) if isinstance(content, Verbatim) else content.render()


@cache
def _program(content: Verbatim) -> bytes:
    return content.render()
