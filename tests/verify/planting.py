"""Faults planted in a copy of a spec or of an output, and what `verify` says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from compiler.artifact import Client, Docs, Host, Place
from compiler.cli.verifying import checks_called
from compiler.diagnostics import Diagnostic
from compiler.link.findings import Linked
from compiler.pipeline import compile_document
from compiler.source import Document, read_text
from compiler.verify.cache import Cache
from compiler.verify.findings import findings
from compiler.verify.run import Answer, answers
from compiler.verify.site import Site
from compiler.verify.tools import Tools
from targets import TARGETS
from tests import cases

Change = tuple[str, str]


def verified(
    *,
    only: Sequence[str],
    spec: str = "book",
    changes: Sequence[Change] = (),
    outputs: Mapping[str, Change] | None = None,
    tools: Tools | None = None,
    kept: Path | None = None,
    require_tools: bool = False,
) -> list[Diagnostic]:
    """The findings of some checks, each located in the spec.

    Args:
        only: the names of the checks.
        spec: `book`, `small` or `nordlys`.
        changes: of the spec's text, each old text stands in it once.
        outputs: of outputs, by their path in the bundle: a fault that a template or target would make.
        tools: what is there.
        kept: a folder with kept answers.
        require_tools: whether a check that is not made is a finding.
    """
    document, linked = compiled(spec, *changes)
    for path, change in (outputs or {}).items():
        _spoil(linked, path, change)
    given, found = _asked(document, linked, only, tools or Tools(), kept, require_tools=require_tools)
    made = [one for one in given if not one.unable]
    assert made or require_tools, [one.unable for one in given]
    return [document.locate(one) for one in found]


def compiled(spec: str, *changes: Change) -> tuple[Document, Linked]:
    """A spec of the tests, with some texts replaced, compiled without a finding."""
    folder = cases.folder_of(spec)
    text = (folder / "runtime.yaml").read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {spec}"
        text = text.replace(old, new)
    document, found = read_text(text, "runtime.yaml")
    assert document is not None, found
    made = compile_document(document, folder, TARGETS)
    told = "\n".join(f"{one.code} {one.message}" for one in made.findings)
    assert made.linked is not None and not [one for one in made.findings if one.severity == "error"], told
    return document, made.linked


def _asked(
    document: Document,
    linked: Linked,
    only: Sequence[str],
    tools: Tools,
    kept: Path | None,
    *,
    require_tools: bool,
) -> tuple[list[Answer], list[Diagnostic]]:
    with TemporaryDirectory() as work:
        site = Site(document, linked, TARGETS, tools, Path(work))
        given = answers(site, checks_called(only), Cache(kept))
        return given, findings(site, given, require_tools=require_tools)


def _spoil(linked: Linked, path: str, change: Change) -> None:
    """Change a text of an output that was rendered already, and its mode stays."""
    place, inside = _place(path)
    held = linked.scopes[place].artifacts
    one = held[inside]
    text = one.data.decode()
    old, new = change
    assert text.count(old) >= 1, f"{old!r} does not stand in {path}"
    held[inside] = replace(one, data=text.replace(old, new, 1).encode())


def _place(path: str) -> tuple[Place, str]:
    kind, name, *rest = path.split("/")
    if kind == "hosts":
        return Host(name), "/" + "/".join(rest[1:])
    return (Client(name), "/".join(rest)) if kind == "clients" else (Docs(), "/".join([name, *rest]))
