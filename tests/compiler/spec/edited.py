"""Small specs with one thing written otherwise, as text: what a number is written like matters here."""

from __future__ import annotations

from compiler.diagnostics import Diagnostic
from compiler.pipeline import compile_document
from compiler.spec.load import Loaded, load
from targets import TARGETS
from tests import cases
from tests.compiler.material import document

SMALL = cases.folder_of("small")
TEXT = (SMALL / "runtime.yaml").read_text("utf-8")


def text(*changes: dict[str, object]) -> str:
    """The small spec after changes as in a case."""
    made = TEXT
    for change in changes:
        made = cases.changed(made, change)
    return made


def loaded(*changes: dict[str, object]) -> Loaded:
    return load(document(text(*changes)))


def findings(*changes: dict[str, object]) -> tuple[Diagnostic, ...]:
    """Everything that the compiler says of the changed spec."""
    return compile_document(document(text(*changes)), SMALL, TARGETS).findings


def only(*changes: dict[str, object]) -> Diagnostic:
    (finding,) = findings(*changes)
    return finding


def write(at: str, new: str) -> dict[str, object]:
    return {"at": at, "write": new}


def rename(at: str, key: str) -> dict[str, object]:
    return {"at": at, "key": key}


def add(at: str, lines: str) -> dict[str, object]:
    return {"at": at, "add": lines}


def drop(at: str) -> dict[str, object]:
    return {"at": at, "drop": True}
