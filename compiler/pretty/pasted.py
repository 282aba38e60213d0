"""Where in the lines of a spec a secret stands, or may stand: there no line is shown, and no word of it.

A finding may say so; else it shows by the name that stands before it, also where a colon or a blank is
missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from compiler.diagnostics import Diagnostic, Span
from compiler.secret_shapes import may_hold_secret, names_secret

BLOT = "•••"
_NAME = r"[A-Za-z0-9_-]{1,80}"
_ENTRY = re.compile(rf"(?<![A-Za-z0-9_-])({_NAME})[\"']?\s{{0,8}}:\s{{0,8}}(?=[^\s#])")
# A key whose colon is missing, or is another sign.
_BEGUN = re.compile(r"[\s{-]*[\"']?([A-Za-z0-9_][A-Za-z0-9_-]{0,79})[\"']?(?:\s*=\s*|\s+)(?=[^\s#:=])")
# What may stand beside a secret's name: where it is kept, which fact a variable holds, or a public key.
_REFERENCE = re.compile(
    r"[\"']?(?:(?:ssm:/|file:/)[A-Za-z0-9_.+@=:/-]*|base_url|chat_url|models_url|model|api_key|null|~"
    r"|(?:ssh-[a-z0-9]+|ecdsa-sha2-nistp[0-9]+)(?: AAAA[A-Za-z0-9+/]*={0,2}(?: [A-Za-z0-9@._-]+)?)?"
    r"|(?:/[a-z][a-z0-9_.-]*){2,})"  # a parameter's path, of which only the store is missing
    r"[\"']?\s*(?:(?=[,}\]])|\Z|(?=#))"
)
# A part of each name that a secret may stand beside: most lines have none, and are passed over fast.
_HINT = re.compile(r"(?i)(?<=[a-z_-])key|secret|pass|token|credential")
_OPENED = re.compile(r"\{(?=[^{}]*:)|[|>][-+0-9]*\s*\Z")
_BELOW = re.compile(rf"[\s-]*[\"']?({_NAME})[\"']?\s*:\s*(?:[|>][-+0-9]*\s*)?(?:#.*)?\Z")
_PAIR = re.compile(rf"(?:key|name)[\"']?\s*:\s*[\"']?({_NAME})")
_VALUE = re.compile(r"(?<!\w)value[\"']?\s*:\s*(?=\S)")
_KEY = re.compile(rf"[\s-]*[\"']?{_NAME}[\"']?\s*:(?=\s|\Z)")
_PIECE = re.compile(r"[^\s\"'`“”„‘’‚«»‹›,{}\[\]()<>\\]+")
_RUNS = re.compile(r"[^\W\d_]+|\d+")
_SIGNS = "!&*@%|:;.=#?"
_SHORTEST = 4  # characters: a shorter one hides nothing, and is part of many words
_SURE = 6  # characters of a token with a digit, which is no word
_MOST = 200  # tokens that are looked for: more stand only in hostile files
_REACH = 2000  # characters of a line
_LONG = 12  # characters of one that a message may hold the beginning of


def hidden_from(findings: Iterable[Diagnostic], lines: Sequence[str]) -> Mapping[int, int]:
    """For each line of the spec that a secret was pasted into, the column where it begins.

    No finding shows what another has found to be a secret. One of several lines goes on while these are
    indented deeper.
    """
    hidden: dict[int, int] = {}
    for line, column in (*_found(findings, lines), *_named(lines)):
        hidden[line] = min(column, hidden.get(line, column))
    return {line: column for line, column in hidden.items() if 0 < line <= len(lines)}


def _found(findings: Iterable[Diagnostic], lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    for found in findings:
        if found.secret and found.span is not None and found.file is None:
            yield found.span.line, found.span.column
            yield from ((number, 1) for number in _continued(lines, found.span.line))


def _named(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Each line with a value that is no reference beside a secret's name, and where it begins."""
    for number, line in enumerate(lines, start=1):
        if not _HINT.search(line):
            continue
        column = _column(line.rstrip("\r"))
        if column is not None:
            yield number, column + 1
        below = _BELOW.match(line)
        if below and names_secret(below[1]):
            yield from ((deeper, 1) for deeper in _continued(lines, number))
        if any(names_secret(pair[1]) for pair in _PAIR.finditer(line)):
            yield from _values(lines, number)


def _values(lines: Sequence[str], named: int) -> Iterator[tuple[int, int]]:
    """The value that goes with a key or a name, beside it or on the next line."""
    for number in range(max(1, named - 1), min(len(lines), named + 1) + 1):
        found = _VALUE.search(lines[number - 1])
        if found:
            yield number, found.end() + 1


def _column(line: str) -> int | None:
    """Where a secret may begin: after its name, or in the comment behind a reference."""
    begun = _BEGUN.match(line)
    if begun and may_hold_secret(begun[1]):
        return begun.end()
    for found in _ENTRY.finditer(line):
        if not may_hold_secret(found[1]) or _OPENED.match(line, found.end()):
            continue
        reference = _REFERENCE.match(line, found.end())
        if reference is None:
            return found.end()
        if line[reference.end() : reference.end() + 1] == "#":
            return reference.end()
    return None


def _continued(lines: Sequence[str], first: int) -> Iterator[int]:
    """The lines below `first` that are indented deeper."""
    depth = _depth(lines[first - 1]) if 0 < first <= len(lines) else 0
    for number, line in enumerate(lines[first:], start=first + 1):
        if line.strip() and _depth(line) <= depth:
            return
        yield number


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" -"))


class Tokens:
    """What stands behind the columns of `hidden_from`, to be found again in the words of a finding."""

    def __init__(self, lines: Sequence[str], hidden: Mapping[int, int]) -> None:
        self._hidden = hidden
        self._of = {line: [*_tokens(lines[line - 1], column)] for line, column in hidden.items()}
        every = (token for tokens in self._of.values() for token in tokens if _is_sure(token))
        self._everywhere = _one_of(islice(dict.fromkeys(every), _MOST))

    def covers(self, span: Span | None) -> bool:
        """Whether a place is one that is not shown."""
        return span is not None and span.column >= self._hidden.get(span.line, span.column + 1)

    def blotted(self, found: Diagnostic, text: str) -> str:
        """Words of a finding without what stands on its lines, and what is no word on any."""
        spans = [found.span, *(one.span for one in found.related), *(one.span for one in found.edits)]
        near = dict.fromkeys(token for span in spans if span for token in self._of.get(span.line, ()))
        for tokens in (_one_of(islice(near, _MOST)), self._everywhere):
            text = tokens.sub(BLOT, text) if tokens else text
        return text


def _one_of(tokens: Iterable[str]) -> re.Pattern[str] | None:
    longest_first = sorted(tokens, key=len, reverse=True)
    return re.compile("|".join(map(_pattern, longest_first)), re.IGNORECASE) if longest_first else None


def _tokens(line: str, column: int) -> Iterator[str]:
    key = _KEY.match(line, column - 1)
    begin = key.end() if key else column - 1
    rest = line[begin : begin + _REACH].strip()
    pieces = [piece.strip(_SIGNS) for piece in _PIECE.findall(rest)]
    for piece in (rest, *pieces, *(piece.lstrip("-+0") for piece in pieces)):
        if len(piece) >= _SHORTEST and not _REFERENCE.fullmatch(piece):
            yield piece


def _is_sure(token: str) -> bool:
    return len(token) >= _SURE and " " not in token and any(sign.isdigit() for sign in token)


def _pattern(token: str) -> str:
    """A token, or the beginning of a long one, however its case and signs were mended; a whole word if it
    is one.
    """
    runs = _RUNS.findall(token[:_LONG])
    written = r"[\W_]{0,3}".join(runs) if runs else re.escape(token[:_LONG])
    if len(token) >= _LONG:
        return written + r"[^\s\"'`…]*…?"
    return written if _is_sure(token) else rf"(?<!\w){written}(?!\w)"
