"""Every path in the configuration of a program says what it is: link would not see it otherwise."""

from __future__ import annotations

import pytest

from compiler.artifact import Host
from compiler.formats.json import Json, Value
from compiler.formats.marked import Marked
from compiler.link.reads.json import leaves
from tests.compiler.link.material import SPECS, outputs

# Words of command lines and lists of folders; what they need is said by fields beside them.
NO_PATH = {"arguments", "path"}
# Files for people: nothing on the host reads them.
FOR_PEOPLE = ("/iam-policy.json", "/security-group.json")


def unmarked(value: Value) -> list[str]:
    """The fields that hold a path without a mark."""
    found = leaves(value)
    paths = [(field, leaf) for field, leaf, _ in found if isinstance(leaf, str) and leaf.startswith("/")]
    return [field for field, leaf in paths if not isinstance(leaf, Marked) and field not in NO_PATH]


@pytest.mark.parametrize("spec", SPECS)
def test_no_path_of_a_configuration_is_unmarked(spec: str):
    _, rendered = outputs(spec)
    for one in rendered:
        artifact = one.planned.artifact
        on_host = isinstance(one.planned.place, Host) and not artifact.path.endswith(FOR_PEOPLE)
        if on_host and isinstance(artifact.content, Json):
            assert unmarked(artifact.content.value) == [], artifact.path


def test_an_unmarked_path_is_seen():
    assert unmarked({"a": {"state": "/var/lib/x"}}) == ["state"]


def test_lines_are_those_of_the_text():
    value: Value = {"a": 1, "b": {}, "c": ["x", {"d": [], "e": "y"}], "f": "z"}
    text = Json(value).render().decode().splitlines()
    for field, leaf, line in leaves(value):
        if isinstance(leaf, str):
            assert f'"{leaf}"' in text[line - 1], field
