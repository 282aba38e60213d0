"""The examples on the pages of codes: each laid over the small spec and compiled."""

from __future__ import annotations

import json
from typing import Any

from compiler.diagnostics import Diagnostic
from compiler.pages import Example, Page, every
from compiler.pipeline import compile_document
from compiler.rules import RULES
from compiler.source import read_text
from targets import TARGETS, check_pages
from tests.cases import document, folder_of, parsed
from tests.compiler.material import drop, plain

SMALL = folder_of("small")
ALL_RULES = [*RULES, *(rule for target in TARGETS for rule in target.rules)]
PAGES = every(ALL_RULES, check_pages())


def findings(example: Example) -> tuple[Diagnostic, ...]:
    """Everything that the compiler says of an example."""
    made, found = read_text(example.text if example.raw else _laid(example), "runtime.yaml")
    return tuple(found) if made is None else compile_document(made, SMALL, TARGETS).findings


def _laid(example: Example) -> str:
    data = plain(document((SMALL / "runtime.yaml").read_text("utf-8")).data)
    for path in example.without:
        drop(parsed(path))(data)
    return json.dumps(merged(data, plain(document(example.text).data)), indent=1, ensure_ascii=False)


def merged(under: Any, over: Any) -> Any:
    """Mappings merge; anything else replaces what is there."""
    if not isinstance(under, dict) or not isinstance(over, dict):
        return over
    return {
        **under,
        **{key: merged(under[key], value) if key in under else value for key, value in over.items()},
    }


def said(page: Page) -> str:
    """What the compiler says of a page's wrong example, without the place in the file."""
    lines = []
    for one in findings(page.wrong) if page.wrong else ():
        lines.append(f"{one.severity}[{one.code}]: {one.message}")
        lines += [f"   = note: {related.message}" for related in one.related]
        lines += [f"   = why: {one.reason}"] if one.reason else []
        lines += [f"   = help: {one.help}"] if one.help else []
    return "\n".join(lines)
