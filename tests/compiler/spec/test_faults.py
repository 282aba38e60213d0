"""The place of a field error, told apart from what the validation library puts between."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from compiler.spec.faults import NO_ALTERNATIVE, faults
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from tests.compiler.material import document
from tests.compiler.spec.edited import add, rename, text, write


def found(*changes: dict[str, object]) -> list[tuple[str, SpecPath, bool]]:
    data = document(text(*changes)).data
    try:
        Runtime.model_validate(data)
    except ValidationError as error:
        return [(one.kind, one.path, one.on_key) for one in faults(data, error.errors())]
    return []


ENGINE: SpecPath = ("engine", "why")
ARGUMENTS: SpecPath = ("serving", "coding", "arguments")


@pytest.mark.parametrize(
    ("change", "kind", "path", "on_key"),
    [
        (write("hosts.gpu-1.nvme", "3"), "model_type", ("hosts", "gpu-1", "nvme"), False),
        (write("hosts.gpu-1.nvme.mount", "3"), "string_type", ("hosts", "gpu-1", "nvme", "mount"), False),
        (write("serving.coding.workers", "[3]"), "string_type", ("serving", "coding", "workers", 0), False),
        (rename("models.coder", '"[key]"'), "value_error", ("models", "[key]"), True),
        (rename("models.coder", "A b"), "value_error", ("models", "A b"), True),
        (add("engine", "why: 3"), NO_ALTERNATIVE, ENGINE, False),
        (add("engine", "why: ''"), "string_too_short", ENGINE, False),
        (add("engine", "why: {version: 3}"), "string_type", (*ENGINE, "version"), False),
        (add("serving.coding", "arguments: {x: [1]}"), NO_ALTERNATIVE, (*ARGUMENTS, "x"), False),
        (add("serving.coding", "arguments: {X: 1}"), "value_error", (*ARGUMENTS, "X"), True),
        (write("hosts.gpu-1.role", "x"), "union_tag_invalid", ("hosts", "gpu-1"), False),
        (add("hosts.gpu-1", "gpu: 1"), "extra_forbidden", ("hosts", "gpu-1", "gpu"), False),
    ],
)
def test_the_place(change: dict[str, object], kind: str, path: SpecPath, on_key: bool):
    assert found(change) == [(kind, path, on_key)]


def test_a_missing_key_has_the_place_that_it_would_have():
    assert found({"at": "hosts.gpu-1.nvme", "write": "{}"}) == [
        ("missing", ("hosts", "gpu-1", "nvme", "mount"), False)
    ]


def test_a_key_that_is_called_as_the_variant_misleads_nobody():
    both = found(add("hosts.gpu-1", "gpu: {nvme: 1}"), write("hosts.gpu-1.nvme.mount", "3"))
    assert ("string_type", ("hosts", "gpu-1", "nvme", "mount"), False) in both
