"""The comments of a spec: people write in them, too, and git keeps them as it keeps the rest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from compiler.diagnostics import Span

_SIGN = re.compile(r"(?:(?<=\s)|^)#")
_Place = tuple[int, int]


def comments(lines: Sequence[str], wanted: Callable[[str], bool]) -> Iterator[tuple[Span, str]]:
    """Each comment that is wanted, from its sign on; of few only, it is asked whether they are in a text."""
    likely = [(number, line) for number, line in enumerate(lines) if "#" in line and _any(line, wanted)]
    within = _texts(lines) if likely else []
    for number, line in likely:
        for sign in _SIGN.finditer(line):
            place = (number, sign.start())
            if not any(start <= place < end for start, end in within):
                comment = line[sign.start() :].rstrip("\r")
                if wanted(comment):
                    yield Span(number + 1, sign.start() + 1, len(comment)), comment
                break


def _any(line: str, wanted: Callable[[str], bool]) -> bool:
    sign = _SIGN.search(line)
    return sign is not None and wanted(line[sign.start() :])


def _texts(lines: Sequence[str]) -> list[tuple[_Place, _Place]]:
    """Where each text with a # in it starts and ends."""
    import yaml  # noqa: PLC0415 - only where a comment is wanted

    found: list[tuple[_Place, _Place]] = []
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for token in yaml.scan("\n".join(lines), Loader=loader):
        start, end = token.start_mark, token.end_mark
        if isinstance(token, yaml.ScalarToken) and "#" in token.value:
            found.append(((start.line, start.column), (end.line, end.column)))
    return found
