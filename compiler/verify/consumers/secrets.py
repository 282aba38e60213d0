"""Secrets: nothing that looks like one in any output of any place; public keys and hashes are none.

The known scanners miss a hexadecimal token in an environment file or a unit, so the policy is our own.
"""

from __future__ import annotations

import io
import tokenize
from collections.abc import Iterator
from functools import cache

from compiler.secret_shapes import secrets_in
from compiler.verify.check import Check, Found, Subject
from compiler.verify.consumers.laid import places
from compiler.verify.site import Site

_SPOKEN = (tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING))
_MESSAGE = "something that can hardly be anything but a secret stands here, at column {}"
_HELP = "keep it in the secret store, and write the reference in the spec; change the secret: it was read"


def subjects(site: Site) -> Iterator[Subject]:
    """Each place, with all its files."""
    for place in places(site):
        yield Subject(place, tuple(site.files(place)))


def search(site: Site, subject: Subject) -> Iterator[Found]:
    """Where a secret stands, and never what it is: findings are shown, and kept."""
    for path in subject.paths:
        data = site.files(subject.place)[path].data
        for line, column in _places(data, is_program=path.endswith(".py")):
            yield Found(path, line, _MESSAGE.format(column), help=_HELP)


@cache
def _places(data: bytes, *, is_program: bool) -> tuple[tuple[int, int], ...]:
    """The first column of each line with a secret; most programs lie on several hosts."""
    text = data.decode("utf-8", "replace")
    text = said(text) if is_program else text
    starts = sorted({start for start, _ in secrets_in(text)}, reverse=True)
    lines = {text.count("\n", 0, start) + 1: start - text.rfind("\n", 0, start) for start in starts}
    return tuple(sorted(lines.items()))


def said(program: str) -> str:
    """A program's texts and comments in their places: what it computes may be called `token`, and is none."""
    lines = [" " * len(line) for line in program.split("\n")]
    whole = program.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(program).readline))
    except (tokenize.TokenError, SyntaxError):
        return program
    if any(one.type == tokenize.ERRORTOKEN for one in tokens):
        return program
    for one in (token for token in tokens if token.type in _SPOKEN):
        (first, start), (last, end) = one.start, one.end
        for at in range(first, last + 1):
            left, right = start if at == first else 0, end if at == last else len(whole[at - 1])
            line = lines[at - 1]
            lines[at - 1] = line[:left] + whole[at - 1][left:right] + line[right:]
    return "\n".join(lines)


CHECKS = (Check("secrets", "DN444", (), subjects, search),)
