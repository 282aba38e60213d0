"""nginx's text, read back: its statements, each with the block that it stands in.

Only what the compiler itself wrote is read, so nothing is refused: nginx's own test of a configuration is
another thing. Quoting is that of ngx_conf_file.c, `ngx_conf_read_token`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import PurePosixPath
from typing import NamedTuple

UNKNOWN = "?"  # the block around a file that none of ours includes
DATA = ""  # the entries of a map or of types are data: their first words are no directives
_BLOCKS = ("events", "http", "limit_except", "location", "server", "upstream")
_HTTP = ("conf.d", "sites-enabled")  # what Debian's nginx.conf includes in its http block
_MARK = 3  # the group of the punctuation
_TOKEN = re.compile(
    r"""\s* (?: \#[^\n]*
    | "((?:[^"\\]+|\\.)*)" | '((?:[^'\\]+|\\.)*)'
    | ([;{}])
    | ((?:[^\s;{\\$]+|\$\{?|\\.)+))""",
    re.DOTALL | re.VERBOSE,
)


class Statement(NamedTuple):
    """A directive with its parameters as they were written, and the block around it.

    The block of an `if` is `server.if` or `location.if`: nginx allows other directives there.
    """

    name: str
    parameters: tuple[str, ...]
    block: str


@cache
def statements(text: str, block: str = UNKNOWN) -> tuple[Statement, ...]:
    """Every statement of a file whose text stands in `block`, in order."""
    found: list[Statement] = []
    around: list[str] = [block]
    words: list[str] = []
    for token in _TOKEN.finditer(text):
        which = token.lastindex
        if which == _MARK:
            if words:
                found.append(Statement(words[0], tuple(words[1:]), around[-1]))
            if token[which] == "{":
                around.append(_inside(words[0] if words else "", around[-1]))
            elif token[which] == "}" and len(around) > 1:
                around.pop()
            words = []
        elif which:
            words.append(token[which])
    return tuple(found)


class Block(NamedTuple):
    """A directive with the number of its line, and with what stands in its braces."""

    name: str
    parameters: tuple[str, ...]
    line: int
    inner: tuple[Block, ...]

    def all(self, name: str) -> Iterator[Block]:
        """The directives of this name that stand directly inside."""
        return (one for one in self.inner if one.name == name)


@cache
def blocks(text: str) -> tuple[Block, ...]:
    """The directives of a file as a tree."""
    around: list[tuple[list[str], int, list[Block]]] = [([], 0, [])]
    words: list[str] = []
    line, last, first = 1, 0, 1
    for token in _TOKEN.finditer(text):
        which = token.lastindex
        if not which:
            continue
        line += text.count("\n", last, token.start(which))
        last = token.start(which)
        if which != _MARK:
            first = first if words else line
            words.append(token[which])
            continue
        if token[which] == "{":
            around.append((words, first, []))
        else:
            if words:
                around[-1][2].append(Block(words[0], tuple(words[1:]), first, ()))
            if token[which] == "}" and len(around) > 1:
                head, begun, inner = around.pop()
                around[-1][2].append(Block((head or [""])[0], tuple(head[1:]), begun, tuple(inner)))
        words = []
    return tuple(around[0][2])


def _inside(name: str, block: str) -> str:
    if block == DATA:
        return DATA
    return f"{block}.if" if name == "if" else name if name in _BLOCKS else DATA


def configuration(files: Mapping[str, str]) -> Iterator[tuple[str, Statement]]:
    """Every statement of a host's files by path, once for each block in which another file includes it."""
    waiting = deque((path, "http") for path in files if PurePosixPath(path).parent.name in _HTTP)
    read: set[tuple[str, str]] = set()
    while waiting:
        path, block = waiting.popleft()
        if (path, block) not in read:
            read.add((path, block))
            for one in statements(files[path], block):
                yield path, one
                if one.name == "include" and one.parameters[0] in files:
                    waiting.append((one.parameters[0], one.block))
    for path in files.keys() - {path for path, _ in read}:
        yield from ((path, one) for one in statements(files[path]))
