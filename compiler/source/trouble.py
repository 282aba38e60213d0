"""What libyaml could not parse, said for a person: its own words name tokens of a grammar that nobody knows.

Each of libyaml's problems has a few causes that people make; which one it is shows in what stands at the
place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.source import codes, neighbours, quotes
from compiler.source.limits import DEPTH_LIMIT

if TYPE_CHECKING:
    import yaml

_QUOTES = "put the text in quotes"
# Where libyaml says no more than that some token is missing: what to look for, by what it was reading.
_ANYTHING = "look at the indentation and the quotes here and above"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem in libyaml's words, where it was noticed, and where what was being read had begun."""

    problem: str
    context: str
    at: Span
    begun: Span
    lines: tuple[str, ...]

    @property
    def line(self) -> str:
        """The line where it was noticed."""
        return self.lines[self.at.line - 1]

    @property
    def sign(self) -> str:
        """The character where it was noticed; nothing at the end of a line."""
        return self.line.rstrip("\r")[self.at.column - 1 : self.at.column]

    @property
    def first(self) -> bool:
        """Nothing but blanks stands before it on its line."""
        return not self.line[: self.at.column - 1].strip()

    @property
    def later(self) -> bool:
        """It was noticed on a later line than that where it began."""
        return self.at.line > self.begun.line


def explain(error: yaml.YAMLError, lines: tuple[str, ...]) -> Diagnostic:
    """The finding for what libyaml has raised."""
    problem, context = (
        str(getattr(error, "problem", None) or error),
        str(getattr(error, "context", None) or ""),
    )
    problem_mark, context_mark = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    at, begun = _span(problem_mark or context_mark, lines), _span(context_mark or problem_mark, lines)
    found = Trouble(problem, context, at, begun, lines)
    say = next((say for part, say in _SAYINGS if part in f"{context}: {problem}"), None)
    said = say(found) if say is not None else codes.not_yaml(problem, at, _ANYTHING)
    return _with_unseen(said, found)


def _with_unseen(said: Diagnostic, found: Trouble) -> Diagnostic:
    """A no-break space looks like a blank and is none: the likely cause, where there is one."""
    for number in range(max(1, min(found.at.line, found.begun.line) - 1), found.at.line + 1):
        line = found.lines[number - 1].rstrip("\r")
        odd = next((column for column, sign in enumerate(line) if sign.isspace() and sign not in " \t"), None)
        if odd is not None:
            sort = f"U+{ord(line[odd]):04X} stands here: it looks like a blank and is none"
            return replace(said, related=(*said.related, Related(sort, span=Span(number, odd + 1))))
    return said


def _span(mark: yaml.Mark | None, lines: tuple[str, ...]) -> Span:
    """The place of a mark; the end of a file whose last line has no end is on the next line to libyaml."""
    if mark is None:
        return Span(1, 1)
    if mark.line >= len(lines):
        return Span(len(lines), len(lines[-1]) + 1)
    return Span(mark.line + 1, mark.column + 1)


def _document(found: Trouble) -> Diagnostic:
    if any(line.startswith("...") for line in found.lines[: found.at.line - 1]):
        return codes.several_documents(found.at, marked=False)
    if not found.first:
        return _more(found)
    return neighbours.mended(found.lines, found.at.line) or codes.not_yaml(
        "this line does not belong to what stands above",
        found.at,
        "indent the first key of the file like the others, and close every bracket",
    )


def _start(found: Trouble) -> Diagnostic:
    """A character that begins nothing."""
    if found.sign == "\t":
        return _tab(found)
    return codes.not_yaml(f"a text cannot start with {found.sign}", found.at, _QUOTES)


def _tab(found: Trouble) -> Diagnostic:
    below = enumerate(found.lines[found.at.line :], found.at.line + 1)
    more = [number for number, line in below if re.match(r" *\t\s*\S", line)]
    first = more and Span(more[0], found.lines[more[0] - 1].index("\t") + 1)
    later = Related("the next of them", span=first) if first else None
    also = f", and on {len(more)} more line{'s' if more[1:] else ''} below" if more else ""
    problem = f"a tab stands where only blanks can{also}"
    return codes.not_yaml(problem, found.at, "indent with blanks: YAML allows no tabs there", later)


def _colon(found: Trouble) -> Diagnostic:
    mended = neighbours.mended(found.lines, found.at.line)
    if mended:
        return mended
    if re.search(r":[ \t]", found.line[: found.at.column - 1]):
        return codes.not_yaml(
            "a second colon with a blank stands on this line",
            found.at,
            f"{_QUOTES} if the colon is part of it",
        )
    return codes.not_yaml(
        "this line goes on with the text of the line above, and so cannot have a key",
        found.at,
        "indent it like its neighbours; and above, write `key: value` with a blank, or end with the colon",
    )


def _no_colon(found: Trouble) -> Diagnostic:
    line = found.lines[found.begun.line - 1]
    if ":" in line[found.begun.column - 1 :]:
        return codes.not_yaml(
            "no blank stands after the colon", found.begun, "write `key: value`, with a blank after the colon"
        )
    return codes.not_yaml("no colon stands after this key", found.begun, "write `key: value`")


def _quote(found: Trouble) -> Diagnostic:
    return codes.not_yaml(
        "the quote that opens here is not closed",
        found.begun,
        "close it; in '…' write '' for a quote, in \"…\" write \\\"",
        Related("it is noticed here", span=found.at) if found.later and found.sign else None,
    )


def _escape(found: Trouble) -> Diagnostic:
    if found.later and quotes.first_key(found.lines, found.begun.line, found.at.line):
        return _quote(found)
    return codes.not_yaml(
        "there is no such escape in a text with double quotes",
        found.at,
        "write \\\\ for a backslash, or put the text in '…', where a backslash is just that",
    )


def _bracket(found: Trouble) -> Diagnostic:
    what, closing = ("list", "]") if "sequence" in found.context else ("mapping", "}")
    if found.later:
        return codes.not_yaml(
            f"the {what} that opens here is not closed",
            found.begun,
            f"close it with {closing}, or put a comma between its parts",
            Related("it is noticed here", span=found.at) if found.sign else None,
        )
    return codes.not_yaml(
        f"a comma or {closing} is missing before this",
        found.at,
        f"put commas between the parts of a {what}, and text with brackets or braces in quotes",
        Related(f"the {what} opens here", span=found.begun),
    )


def _key(found: Trouble) -> Diagnostic:
    if found.first and re.match(r"-(?:\s|\Z)", found.line[found.at.column - 1 :]):
        return neighbours.mended(found.lines, found.at.line) or codes.not_yaml(
            "an item of a list stands among keys",
            found.at,
            "indent the list below its key, or give the item a key",
            Related("the keys start here", span=found.begun),
        )
    if found.sign == ":":
        return codes.not_yaml("no key stands before this colon", found.at, "write `key: value`")
    return _misplaced(found, "keys")


def _item(found: Trouble) -> Diagnostic:
    if found.first and found.at.column == found.begun.column:
        return codes.not_yaml(
            "this stands among the items of a list and is none",
            found.at,
            "start it with `- `, or indent it like the key above the list",
            Related("the list starts here", span=found.begun),
        )
    return _misplaced(found, "items")


def _misplaced(found: Trouble, what: str) -> Diagnostic:
    if found.sign in ("]", "}"):
        return codes.not_yaml(f"no bracket is open that {found.sign} could close", found.at, "delete it")
    if not found.first:
        return _more(found)
    return neighbours.mended(found.lines, found.at.line) or codes.not_yaml(
        "this line is indented like none above it",
        found.at,
        f"indent it by as many blanks as the {what} that it belongs to",
        Related(f"these {what} start here", span=found.begun),
    )


def _more(found: Trouble) -> Diagnostic:
    return codes.not_yaml(
        "something follows the value",
        found.at,
        "put the whole value in quotes; in '…' write '' for a quote",
    )


def _content(found: Trouble) -> Diagnostic:
    if found.sign == ".":
        return codes.not_yaml("a document ends where none has begun", found.at, "delete the line with ...")
    if not "".join(found.lines[found.at.line - 1 :])[found.at.column - 1 :].strip():
        return codes.not_yaml(
            "the file ends where a value should stand", found.at, "write the value, and close what is open"
        )
    before = f" before {found.sign}" if found.sign and found.sign in ",]}" else ""
    return codes.not_yaml(
        f"a value is missing{before}", found.at, f"write the value, or {_QUOTES} if this is part of it"
    )


def _star(found: Trouble) -> Diagnostic:
    sign = "&" if "anchor" in found.context else "*"
    return codes.not_yaml(f"a text cannot start with {sign}", found.begun, _QUOTES)


def _list(found: Trouble) -> Diagnostic:
    return codes.not_yaml(
        "a list cannot start on the line of its key",
        found.at,
        "write each `- item` on a line of its own below, or all of them as [a, b]",
    )


def _question(found: Trouble) -> Diagnostic:
    return codes.not_yaml("a text cannot start with a ? and a blank", found.at, _QUOTES)


def _block(found: Trouble) -> Diagnostic:
    return codes.not_yaml(
        "nothing but a comment can follow a | or > on its line",
        found.at,
        f"start the text on the next line, or {_QUOTES}",
    )


def _tag(found: Trouble) -> Diagnostic:
    line = found.lines[found.begun.line - 1]
    name = line[found.begun.column - 1 :].split()[0]
    return codes.tag(name, replace(found.begun, width=len(name)))


def _deep(found: Trouble) -> Diagnostic:
    return codes.too_deep(DEPTH_LIMIT, found.at)


# libyaml 0.2.5 and later; the first fragment that its words contain decides.
_SAYINGS = (
    ("exceeded maximum nesting depth", _deep),
    ("found a tab character", _tab),
    ("found character that cannot start any token", _start),
    ("while scanning a tag", _tag),
    ("found undefined tag handle", _tag),
    ("while scanning a quoted scalar", _quote),
    ("while parsing a quoted scalar", _escape),
    ("while scanning an alias", _star),
    ("while scanning an anchor", _star),
    ("while scanning a block scalar", _block),
    ("did not find expected <document start>", _document),
    ("mapping values are not allowed", _colon),
    ("mapping keys are not allowed", _question),
    ("could not find expected ':'", _no_colon),
    ("did not find expected ',' or", _bracket),
    ("did not find expected key", _key),
    ("did not find expected '-' indicator", _item),
    ("block sequence entries are not allowed", _list),
    ("did not find expected node content", _content),
)
