"""The list of codes, and the explanation of one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from compiler.pages import STAGES, Example, Page


def listed(pages: Mapping[str, Page]) -> str:
    """Every code with its title, by stage."""
    widest = max(len(page.kind) for page in pages.values())
    lines: list[str] = []
    for stage, title in STAGES.items():
        mine = [page for page in pages.values() if page.stage == stage]
        if mine:
            lines += ["", title, *(f"  {page.code}  {page.kind:<{widest}}  {page.title}" for page in mine)]
    return "\n".join([*lines[1:], "", "dncompile rules CODE explains one.", ""])


def explained(page: Page) -> str:
    """One code: what must hold, why, and an example that breaks it and one that keeps it."""
    lines = [f"{page.code} ({page.kind}): {page.title}"]
    if page.rule:
        lines += ["", f"why: {page.rule.reason}"]
    if page.prose:
        lines += ["", page.prose]
    for word, example in (("wrong", page.wrong), ("right", page.right)):
        lines += _example(word, example) if example else []
    return "\n".join([*lines, *_waiver(page), ""])


def _example(word: str, example: Example) -> Iterator[str]:
    """The lines of an example; what was taken away from the small spec below it is said in a comment."""
    yield from ("", f"{word}:", "")
    yield from (f"    # with no `{one}` at all" for one in example.without)
    yield from (f"    {line}".rstrip() for line in example.text.rstrip("\n").split("\n"))


def _waiver(page: Page) -> list[str]:
    if page.rule is None or not page.rule.waivable:
        return []
    return [
        "",
        "to waive it, in the mapping that holds the place:",
        "",
        f"    waive: {{{page.code}: the reason}}",
    ]


def as_json(pages: Mapping[str, Page]) -> str:
    """Codes for programs."""
    return json.dumps({"version": 1, "codes": [_entry(page) for page in pages.values()]}, indent=2) + "\n"


def _entry(page: Page) -> dict[str, object]:
    entry: dict[str, object] = {
        "code": page.code,
        "title": page.title,
        "severity": page.rule.severity if page.rule else "error",
        "waivable": bool(page.rule and page.rule.waivable),
        "reason": page.rule.reason if page.rule else None,
        "text": page.prose or None,
        "wrong": _text(page.wrong),
        "wrong_without": [*page.wrong.without] if page.wrong and page.wrong.without else None,
        "right": _text(page.right),
    }
    return {key: value for key, value in entry.items() if value is not None}


def _text(example: Example | None) -> str | None:
    return example.text if example else None
