"""Writes docs/diagnostics.md: the pages of all codes, with what the compiler says of each wrong example."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from compiler.pages import STAGES, Example, Page  # noqa: E402 - the repository's root must be known first
from tests.fragments import PAGES, said  # noqa: E402 - as above

PLACE = ROOT / "docs" / "diagnostics.md"
_HEAD = """\
<!-- Made by `make docs` from the pages beside the code. Do not edit. -->
# Diagnostics

Every finding of the compiler has a stable code. `dncompile rules` lists them, `dncompile rules CODE` shows
one as below. An example is a piece of a spec that is otherwise right; the tests compile each and want exactly
what this page says.

A rule that is *waivable* can be waived in the mapping where it fires, with a reason: `waive: {CODE: why}`, or
`waive: {CODE: {field: why}}` for one field. A waiver that nothing needs is an error.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_contents(), *(text for one in PAGES.values() for text in _entry(one))])


def _contents() -> Iterator[str]:
    for stage, title in STAGES.items():
        mine = [one for one in PAGES.values() if one.stage == stage]
        if mine:
            yield from (f"**{title}**", "")
            yield from (f"- [{one.code}](#{one.code.lower()}) {one.title}" for one in mine)
            yield ""


def _entry(one: Page) -> Iterator[str]:
    yield from (f"## {one.code}", "", f"*{one.kind}*: {one.title}", "")
    if one.rule:
        yield from (f"Why: {one.rule.reason}.", "")
    if one.prose:
        yield from (one.prose, "")
    if one.wrong:
        yield from _example("Wrong", one.wrong)
        yield from ("```text", said(one), "```", "")
    if one.right:
        yield from _example("Right", one.right)


def _example(word: str, example: Example) -> Iterator[str]:
    without = f", with no `{'`, `'.join(example.without)}`" if example.without else ""
    yield from (f"{word}{without}:", "", "```yaml", example.text.rstrip("\n"), "```", "")


if __name__ == "__main__":
    PLACE.write_text(page(), "utf-8")
