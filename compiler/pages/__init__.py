"""One page a code: what must hold, in words, with a wrong and a right example; `dncompile rules` shows them.

A page lies in the folder `pages/` beside what makes the code: `CODE.md`, with the title as its heading,
perhaps some prose, and two fences, `yaml wrong` and `yaml right`. A fragment is laid over a small spec; after
the two words `-path` takes an entry away first, and `raw` says that the fragment is a whole file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from compiler.rule import Rule

_HERE = Path(__file__).parent
# What every code is about, by the folder that holds its page, in the order of the stages.
STAGES = {
    "source": "The file and its YAML",
    "spec": "Keys and values",
    "rules": "Rules of the runtime",
    "targets": "Rules of its consumers",
    "pages": "From the plan to the command",
    "bundle": "The compiled tree",
    "link": "Between outputs",
    "verify": "Complaints of consumers",
}
_FENCE = re.compile(r"^```yaml (wrong|right)([^\n]*)\n(.*?)^```\n?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A piece of a spec; what to take away before it is laid over the rest; whether it is a whole file."""

    text: str
    without: tuple[str, ...] = ()
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a code beside its findings; `rule` where a rule makes it."""

    code: str
    title: str
    prose: str
    stage: str
    wrong: Example | None = None
    right: Example | None = None
    rule: Rule | None = None

    @property
    def kind(self) -> str:
        """Severity, and whether it can be waived."""
        return f"{self.rule.severity}{', waivable' if self.rule.waivable else ''}" if self.rule else "error"


def every(rules: Sequence[Rule], checks: Iterable[Path] = ()) -> dict[str, Page]:
    """All pages by code: those of these rules and of these checks, and of what the compiler itself finds."""
    known = {rule.code: rule for rule in rules}
    places = sorted({*_own(), *checks, *(rule.page for rule in rules)}, key=lambda place: place.stem)
    return {place.stem: read(place, known.get(place.stem)) for place in places if place.is_file()}


def called(known: Mapping[str, Page], word: str) -> dict[str, Page]:
    """The page of a code, which may be written short: `dn20`, `DN-20` or `20` for DN020."""
    found = re.fullmatch(r"(?:dn)?[-_ ]?0*([0-9]{1,3})", word.strip().lower())
    code = f"DN{int(found[1]):03}" if found else word.strip().upper()
    return {code: known[code]} if code in known else {}


def about(known: Mapping[str, Page], word: str) -> list[str]:
    """The codes whose title has the word; or those with the same figures in another order, or one other."""
    if not any(sign.isdigit() for sign in word):
        return [code for code, page in known.items() if word.strip().lower() in page.title.lower()]
    figures = re.sub(r"\D", "", word).zfill(3)
    wrong = {code: sum(one != other for one, other in zip(figures, code[2:], strict=False)) for code in known}
    turned = [code for code in known if sorted(code[2:]) == sorted(figures)]
    return turned or [code for code, count in wrong.items() if len(figures) == 3 and count == 1]


def _own() -> Iterator[Path]:
    for folder in ("source", "spec", "bundle", "rules", "link", "verify"):
        yield from (_HERE.parent / folder / "pages").glob("DN*.md")
    yield from _HERE.glob("DN*.md")


def read(place: Path, rule: Rule | None = None) -> Page:
    """The page in one file."""
    text = place.read_text("utf-8")
    examples = {kind: _example(words, body) for kind, words, body in _FENCE.findall(text)}
    heading, _, prose = _FENCE.sub("", text).partition("\n")
    return Page(
        place.stem,
        heading.removeprefix("# ").strip(),
        prose.strip(),
        _stage(place),
        examples.get("wrong"),
        examples.get("right"),
        rule,
    )


def _stage(place: Path) -> str:
    if place.is_relative_to(_HERE.parent):
        above = place.parent.parent.name
        return above if above in STAGES else "pages"
    return "verify" if place.parent.parent.name == "checks" else "targets"


def _example(words: str, text: str) -> Example:
    without = tuple(word[1:] for word in words.split() if word.startswith("-"))
    return Example(text, without, raw="raw" in words.split())
