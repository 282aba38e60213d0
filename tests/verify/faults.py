"""Planted faults as data: what is changed, what must be said, and at which line of the spec."""

from __future__ import annotations

from dataclasses import dataclass

from compiler.diagnostics import Diagnostic
from tests import cases
from tests.verify.planting import Change, verified


@dataclass(frozen=True)
class Fault:
    """A change of an output, or of the spec where `output` is empty.

    `at` is the line of the spec at which it must be told; empty where no line of it made the output's: that
    is a fault of the compiler.
    """

    output: str
    old: str
    new: str
    message: str
    at: str
    spec: str = "book"

    @property
    def name(self) -> str:
        return f"{self.output.rpartition('/')[2] or 'spec'}: {self.new.strip()[:40]}"


def told(fault: Fault, check: str) -> list[Diagnostic]:
    """What a check finds after the change."""
    change: Change = (fault.old, fault.new)
    if fault.output:
        return verified(only=[check], spec=fault.spec, outputs={fault.output: change})
    return verified(only=[check], spec=fault.spec, changes=[change])


def line_of(fault: Fault, found: Diagnostic) -> str:
    """The line of the spec that a finding is shown at; empty where it blames the compiler."""
    if not found.path:
        assert "fault of the compiler" in found.help
        return ""
    text = (cases.folder_of(fault.spec) / "runtime.yaml").read_text("utf-8")
    if not fault.output:
        text = text.replace(fault.old, fault.new)
    assert found.span is not None
    return text.splitlines()[found.span.line - 1].strip()


def assert_told(fault: Fault, check: str, code: str) -> None:
    """The fault is found, under its code, in its words, at its line."""
    found = told(fault, check)
    said = [(one.code, line_of(fault, one), one.message) for one in found]
    assert [one for one in said if one[:2] == (code, fault.at) and fault.message in one[2]], said
    assert {one.code for one in found} == {code}
