"""Mutations of a spec as bytes: what hands, editors, merges and enemies do to a file."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

TOKENS: tuple[bytes, ...] = (
    b"\t", b" ", b"\n", b"\r", b"\r\n", b"\x00", b"\x07", b"\x1b[31m", b"\x7f", b"\xff", b"\xc3",
    b"\xed\xa0\x80", "\ufeff".encode(), "\x85".encode(), "\u2028".encode(), "\u00a0".encode(),
    "\u200b".encode(), "\u202e".encode(), "\U0001f600".encode(), "e\u0301".encode(), "\u0131".encode(),
    "\u0663".encode(), b"&a ", b"*a", b"*a ", b"&a [*a]", b"!!x ", b"!!str ", b"! ", b"<<: *a", b"<<: ",
    b"%YAML 1.1\n", b"%TAG ! x\n", b"---\n", b"--- ", b"...\n", b"# ", b" #", b": ", b":", b"- ", b"? ",
    b"?", b", ", b"[", b"]", b"{", b"}", b"[]", b"{}", b"'", b'"', b"|", b">", b"|-\n", b">-\n", b"@", b"`",
    b"\\", b'"\\x00"', b'"\\e[31m"', b'"\\n"', b"0x", b"0x1F", b"0o17", b"007", b"1e999", b"-0", b"1_000",
    b"9" * 400, b"9" * 39, b"-" + b"9" * 30, b".nan", b".inf", b"~", b"null", b"true", b"no", b"1:30",
    b"1.5", b"''", b'""', b"{{ x }}", b"$(id)", b"${x}", b"$x", b"../../etc/passwd", b"/dev/zero", b"/",
    b".", b"x" * 300, b"a/" * 200, b"%s%n{}", b"::error::", b"\n- x\n", b"sk-" + b"a1B2" * 8,
    b"http://[::1", b"http://a:b@c:99999/", b"::ffff:1.2.3.4", b"0.0.0.0", b"1.2.3.4/33",
)  # fmt: skip
VALUES: tuple[bytes, ...] = (
    b"", b" ~", b" 0", b" -1", b" 1", b" 1.5", b" 65536", b" 1e3", b" true", b" no", b" text", b" 'text'",
    b" ''", b" []", b" {}", b" [a, b]", b" [[]]", b" [{}]", b" [null]", b" {a: b}", b" {'': x}", b" {0: 0}",
    b" 10GB", b" 999999999999TB", b" 5m", b" 0s", b" -5m", b" |\n          x\n          y", b" 10.20.0.1",
    b" 10.20.0.0/16",
)  # fmt: skip
_KEY = re.compile(rb"^(?P<indent>[ ]*(?:- )?)(?P<key>[^\s:#'\"\[\]{}-][^\s:#]*)(?P<colon>:)(?P<value>.*)$")

Mutation = Callable[[bytes, random.Random], bytes]


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """The text after one to four mutations."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 4))):
        raw = rng.choice(MUTATIONS)(raw, rng)
    return raw


def flip(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(max(1, len(raw)))
    return raw[:at] + bytes([(raw[at] if raw else 0) ^ (1 << rng.randrange(8))]) + raw[at + 1 :]


def insert(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + rng.choice(TOKENS) + raw[at:]


def cut(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] + raw[at + rng.choice((1, 1, 2, 5, 40)) :]


def truncate(raw: bytes, rng: random.Random) -> bytes:
    return raw[: rng.randrange(len(raw) + 1)]


def crlf(raw: bytes, _: random.Random) -> bytes:
    return raw.replace(b"\n", b"\r\n")


def delete_line(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    return b"\n".join([*lines[:at], *lines[at + 1 :]])


def repeat_line(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    return b"\n".join([*lines[:at], lines[at], *lines[at:]])


def swap_lines(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    other = min(len(lines) - 1, at + 1) if rng.random() < 0.5 else rng.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]
    return b"\n".join(lines)


def join_lines(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    return b"\n".join([*lines[:at], b"".join(lines[at : at + 2]), *lines[at + 2 :]])


def indent(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    step = rng.choice((-2, -1, 1, 2, 4))
    for number in range(at, _block_end(lines, at) if rng.random() < 0.5 else at + 1):
        lines[number] = b" " * step + lines[number] if step > 0 else lines[number].removeprefix(b" " * -step)
    return b"\n".join(lines)


def drop_block(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    return b"\n".join([*lines[:at], *lines[_block_end(lines, at) :]])


def move_block(raw: bytes, rng: random.Random) -> bytes:
    lines, at = _at_some_line(raw, rng)
    end = _block_end(lines, at)
    block, rest = lines[at:end], [*lines[:at], *lines[end:]]
    to = rng.randrange(len(rest) + 1)
    return b"\n".join([*rest[:to], *block, *rest[to:]])


def change_value(raw: bytes, rng: random.Random) -> bytes:
    return _on_entry(raw, rng, lambda match: match["indent"] + match["key"] + b":" + rng.choice(VALUES))


def token_as_value(raw: bytes, rng: random.Random) -> bytes:
    def change(match: re.Match[bytes]) -> bytes:
        token, value = rng.choice(TOKENS), match["value"].strip()
        new = rng.choice((token, token + value, value + token))
        return match["indent"] + match["key"] + b": " + new

    return _on_entry(raw, rng, change)


def change_key(raw: bytes, rng: random.Random) -> bytes:
    def change(match: re.Match[bytes]) -> bytes:
        return match["indent"] + _typo(match["key"], rng) + b":" + match["value"]

    return _on_entry(raw, rng, change)


def swap_values(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    entries = [(at, match) for at, line in enumerate(lines) if (match := _KEY.match(line))]
    if len(entries) < 2:
        return raw
    (one, first), (two, second) = rng.sample(entries, 2)
    lines[one] = first["indent"] + first["key"] + b":" + second["value"]
    lines[two] = second["indent"] + second["key"] + b":" + first["value"]
    return b"\n".join(lines)


MUTATIONS: tuple[Mutation, ...] = (
    flip, insert, insert, cut, truncate, crlf, delete_line, repeat_line, swap_lines, join_lines, indent,
    drop_block, move_block, change_value, change_value, token_as_value, token_as_value, change_key,
    change_key, swap_values,
)  # fmt: skip


def _typo(key: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(key))
    sign = key[at : at + 1]
    return rng.choice(
        (
            key[:at] + key[at + 1 :],
            key[:at] + sign + key[at:],
            key[:at] + sign.swapcase() + key[at + 1 :],
            key[:at] + key[at + 1 : at + 2] + sign + key[at + 2 :],
            key.replace(b"_", b"-"),
            key[:at] + rng.choice(TOKENS) + key[at:],
        )
    )


def _on_entry(raw: bytes, rng: random.Random, change: Callable[[re.Match[bytes]], bytes]) -> bytes:
    lines = raw.split(b"\n")
    entries = [(at, match) for at, line in enumerate(lines) if (match := _KEY.match(line))]
    if not entries:
        return raw
    at, match = rng.choice(entries)
    return b"\n".join([*lines[:at], change(match), *lines[at + 1 :]])


def _at_some_line(raw: bytes, rng: random.Random) -> tuple[list[bytes], int]:
    lines = raw.split(b"\n")
    return lines, rng.randrange(len(lines))


def _block_end(lines: list[bytes], at: int) -> int:
    """Where what is indented deeper than a line ends."""
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = at + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > depth):
        end += 1
    return end
