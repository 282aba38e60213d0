"""The JSON Schema of the spec: valid, true of both specs, and enough for an editor to explain every key."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from compiler.source.document import Data
from compiler.spec.path import SpecPath
from compiler.spec.schema import NAME, schema
from tests.book.compiling import FIRST, ROOT, SPECS, document, put

SCHEMA = json.loads(schema())
DEFINITIONS: dict[str, Any] = {"Runtime": SCHEMA, **SCHEMA["$defs"]}
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def plain(data: Data) -> Any:
    """Data as JSON has it: lists for tuples."""
    return json.loads(json.dumps(data))


def properties() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, definition in DEFINITIONS.items():
        for key, described in definition.get("properties", {}).items():
            yield f"{name}.{key}", described


def scalars(described: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The scalar types that a property may have, through unions, lists and mappings."""
    below = [*described.get("anyOf", []), *described.get("oneOf", [])]
    below += described.get("patternProperties", {}).values()
    below += [
        described[key] for key in ("items", "additionalProperties") if isinstance(described.get(key), dict)
    ]
    if not below and "$ref" not in described:
        yield described
    for one in below:
        yield from scalars(one)


def is_explained(described: dict[str, Any]) -> bool:
    reference = described.get("$ref", "").rpartition("/")[2]
    return bool(described.get("description") or (reference and DEFINITIONS[reference].get("description")))


def shows_a_value(scalar: dict[str, Any]) -> bool:
    return scalar.get("type") in {"boolean", "null"} or bool({"examples", "enum", "const"} & scalar.keys())


def unexplained(found: Iterator[tuple[str, dict[str, Any]]]) -> list[str]:
    return [name for name, described in found if not is_explained(described)]


def unshown(found: Iterator[tuple[str, dict[str, Any]]]) -> list[str]:
    names = [(name, scalar) for name, described in found for scalar in scalars(described)]
    return [
        name
        for name, scalar in names
        if not shows_a_value(scalar) and not name.endswith((".why", ".assumed", ".waive"))
    ]


def test_the_schema_is_valid_in_the_dialect_that_it_names():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_the_specs_are_valid(spec: Path):
    assert [error.message for error in VALIDATOR.iter_errors(plain(document(spec).data))] == []


def test_the_committed_schema_is_what_the_models_say():
    assert (ROOT / "specs" / NAME).read_bytes() == schema(), "run `dncompile schema`"


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_the_first_line_of_each_spec_names_the_schema(spec: Path):
    modeline = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", document(spec).lines[0])
    assert modeline is not None
    assert (spec.parent / modeline[1]).resolve() == ROOT / "specs" / NAME


def test_every_key_is_explained():
    assert unexplained(properties()) == []


def test_every_scalar_shows_what_may_stand_there():
    assert unshown(properties()) == []


def test_every_example_is_valid():
    shown = [(name, scalar) for name, described in properties() for scalar in scalars(described)]
    wrong = [
        (name, example)
        for name, scalar in shown
        for example in scalar.get("examples", [])
        if not jsonschema.Draft202012Validator(scalar).is_valid(example)
    ]
    assert wrong == []


def test_a_key_without_an_explanation_or_a_value_is_seen():
    bare: list[tuple[str, dict[str, Any]]] = [
        ("X.y", {"type": "string"}),
        ("X.z", {"type": "array", "items": {"type": "integer"}}),
    ]
    assert unexplained(iter(bare)) == ["X.y", "X.z"]
    assert unshown(iter(bare)) == ["X.y", "X.z"]


BAD: list[tuple[SpecPath, Data]] = [
    (("version",), 2),
    (("name",), "Has Capitals"),
    (("name",), "a" * 21),
    (("unknown",), 1),
    (("date",), "22 April"),
    (("network",), "172.31.0.0"),
    (("cutover", "phase"), "soon"),
    (("hosts", "gpu-worker", "role"), "gateway"),
    (("hosts", "gpu-worker", "systemd"), 200),
    (("hosts", "gpu-worker", "systemd"), "249"),
    (("hosts", "gpu-worker", "nvme", "mount"), "nvme"),
    (("hosts", "ingress", "takes_over"), "/etc/nginx/sites-enabled/default"),
    (("models", "coder", "repository"), "no-owner"),
    (("models", "coder", "status"), "live"),
    (("serving", "coding", "port"), 70000),
    (("serving", "coding", "tp_size"), 4.5),
    (("serving", "coding", "mem_fraction_static"), 1.2),
    (("serving", "coding", "enable_metrics"), "yes"),
    (("serving", "coding", "features", "continuous_batching"), "waived"),
    (("public", "routes", "llm", "hostname"), "no_underscores.example.org"),
    (("public", "routes", "llm", "prefix"), "/trailing/"),
    (("proxy", "read_timeout"), "15 minutes"),
    (("proxy", "body_limit"), 32),
    (("secrets", "api_key"), "a-secret-in-clear"),
    (("clients", "backend", "variables", "lower"), "model"),
    (("clients", "roo", "temperature", "chosen"), 3),
    (("assumed",), ""),
]


@pytest.mark.parametrize(
    ("path", "value"), BAD, ids=[f"{'.'.join(map(str, path))}={value}" for path, value in BAD]
)
def test_an_editor_marks_what_is_wrong(path: SpecPath, value: Data):
    assert not VALIDATOR.is_valid(plain(put(document(FIRST).data, path, value)))
