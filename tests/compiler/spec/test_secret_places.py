"""A secret's place has one name, can be, and is still there after a boot."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from compiler.spec.scalars import SecretRef

ADAPTER = TypeAdapter(SecretRef)
BAD = {
    "file:/srv/a/../key": "shortest form",
    "file:/srv/./key": "shortest form",
    "ssm:/acme/..": "shortest form",
    "ssm:/acme//key": "without a slash at its end or two together",
    "ssm:/acme/": "without a slash at its end or two together",
    "ssm:/acme/key x": "without blanks",
    "ssm:/aws/key": "AWS keeps for itself",
    "ssm:/SSM-key": "AWS keeps for itself",
    "ssm:" + "/a" * 16: "15 levels",
    "file:/tmp/key": "lost at the next boot",
    "file:/run/acme/key": "lost at the next boot",
    "file:/var/run/key": "lost at the next boot",
    "file:/dev/shm/key": "lost at the next boot",
}


@pytest.mark.parametrize("reference", BAD)
def test_a_place_that_is_refused_is_not_repeated(reference: str):
    with pytest.raises(ValidationError) as raised:
        ADAPTER.validate_python(reference)
    (error,) = raised.value.errors()
    assert BAD[reference] in error["msg"] and reference not in error["msg"]


@pytest.mark.parametrize(
    "reference",
    ["ssm:/acme/aws/key", "ssm:/acme-ssm/key", "file:/srv/tmp/key", "file:/runs/key", "ssm:" + "/a" * 15],
)
def test_a_place_beside_them_is_taken(reference: str):
    assert ADAPTER.validate_python(reference) == reference
