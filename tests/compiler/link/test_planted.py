"""Planted faults that pass the schema and the rules: link says what dangles, at the line of the spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.diagnostics import Diagnostic
from compiler.pipeline import compile_document
from compiler.source import read_text
from compiler.spec.path import dotted
from targets import TARGETS
from tests import cases
from tests.compiler.link.material import spoilt

FAULTS = yaml.safe_load(Path(__file__).with_name("planted.yaml").read_text("utf-8"))


def findings(spec: str, right: str, wrong: str) -> list[Diagnostic]:
    """What compiling says of a spec with another text."""
    folder = cases.folder_of(spec)
    text = (folder / "runtime.yaml").read_text("utf-8")
    assert text.count(right) == 1
    document, unread = read_text(text.replace(right, wrong), "runtime.yaml")
    assert document is not None and unread == []
    return list(compile_document(document, folder, TARGETS).findings)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["about"])
def test_a_planted_fault_is_seen_at_its_line(fault: dict[str, Any]):
    if "output" in fault:
        found = spoilt(fault["output"], fault["right"], fault["wrong"], fault["spec"])
    else:
        found = findings(fault["spec"], fault["right"], fault["wrong"])
    first = next(one for one in found if one.code == fault["code"] and fault["part"] in one.message)
    assert first.severity == "error"
    assert dotted(first.path) == fault["path"]
    assert ("fault of the compiler" in first.help) == (not fault["path"])
