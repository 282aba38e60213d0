"""Every JSON file is strict."""

from __future__ import annotations

import pytest

from compiler.verify.consumers.json import fault as fault_of
from compiler.verify.consumers.json import line_of
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

LAUNCH = "hosts/gpu-worker/root/etc/desineuron/launch.json"
ROO = "clients/roo/roo-code-settings.json"
PORT = '"port": 30100'

FAULTS = [
    Fault(LAUNCH, PORT, f'"port": 1, {PORT}', "the key 'port' is given twice", "port: 30100"),
    Fault(LAUNCH, PORT, '"port": NaN', "NaN is no JSON number", "port: 30100"),
    Fault(LAUNCH, PORT, '"port": 30100 # tcp', "Expecting ',' delimiter", "port: 30100"),
    Fault(ROO, "131072", "9131072000000000000", "more than every reader takes exactly", "context: 131072"),
    Fault(ROO, "131072", "1_31072", "Expecting ',' delimiter", "context: 131072"),
    Fault(LAUNCH, "{\n", "{} {\n", "Extra data", ""),
]


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_file_is_strict(spec: str):
    assert verified(only=["json"], spec=spec) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_what_some_reader_refuses_is_told(fault: Fault):
    assert_told(fault, "json", "DN441")


def test_bytes_that_are_no_text_are_told():
    found = fault_of(b'{"a": "\xff"}')
    assert found is not None and "utf-8" in found[1]


def test_a_depth_that_no_reader_takes_is_told():
    assert fault_of(b"[" * 100_000) is not None


def test_a_field_is_found_in_its_place():
    text = '{\n  "a": {\n    "port": 1\n  },\n  "b": {\n    "port": 2\n  }\n}\n'
    assert line_of(text, "b.port") == (6, '"port": 2')
    assert line_of(text, "b.none[3]") == (5, '"b":')
