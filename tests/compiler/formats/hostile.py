"""Values made to break out of their place, and the one question asked of every format about each of them.

A format either refuses a value, or an independent reader of the format gets exactly that value back.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

from hypothesis import strategies as st

from compiler.formats.safe import Unsafe

MARKS = [
    *("\n", "\r", "\t", "\0", "\x1b", "\x7f", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"),
    *("$", "%", '"', "'", "\\", "`", ";", "#", "{", "}", "[", "]", "(", ")", "<", ">", "|", "&", "!"),
    *("*", "?", "~", "=", ":", ",", "@", "^", "-", "+", ".", "/", "_", " "),
    *("é", "字", "🙂", "\u00a0", "\u200b", "\u202e", "\u3000", "\ufeff", "\ufffe", "\ufdd0", "\ud800"),
]
ATTACKS = [
    "",
    "\\\n",
    "a\\",
    "a\\\\",
    'a\\"',
    "a\\'",
    "${HOME}",
    "$HOME",
    "$$",
    "$(id)",
    "`id`",
    "%h",
    "%%",
    "%n%i",
    "a; b",
    "a;",
    ";",
    '"; include /etc/passwd; "',
    "}\nserver { listen 1; }",
    "a\nExecStart=/bin/id",
    "a\r\n[Service]",
    "[Service]",
    "# comment",
    "a # comment",
    "a#b",
    "'quoted'",
    '"quoted"',
    '"open',
    "'open",
    'mid"dle',
    "\\x41",
    "\\n",
    "\\u0041",
    "\\$HOME",
    "a=b",
    "=a",
    "A=b C=d",
    "-",
    "--",
    "---",
    "===",
    "-rf",
    "+x",
    "@x",
    "!x",
    "~",
    "~root",
    "~/x",
    "a:~",
    "*",
    "a*b?",
    "[a]",
    "{a,b}",
    "!!",
    "a!b",
    "&amp;",
    "<b>x</b>",
    "<!-- x",
    "[x](y)",
    "![x](y)",
    "1. x",
    "1.",
    "12)",
    "- x",
    "* x",
    "> x",
    "a|b",
    "a\\|b",
    "``",
    "a`b``c",
    "true",
    "null",
    "export A=b",
    "{{ x }}",
    "{% x %}",
    'x",command="id',
]
VALUES = list(
    dict.fromkeys(
        [
            *ATTACKS,
            *MARKS,
            *(f"a{mark}b" for mark in MARKS),
            *(f"{mark}a" for mark in MARKS),
            *(f"a{mark}" for mark in MARKS),
            *(
                "".join(pair)
                for pair in product(["\\", '"', "'", "$", "%", "`", "\n", " ", ";", "#"], repeat=2)
            ),
            *(f" {one} " for one in ATTACKS),
        ]
    )
)
TEXT = st.one_of(
    st.text(max_size=20),
    st.lists(st.sampled_from([*MARKS, "a", "B", "0"]), max_size=12).map("".join),
    st.lists(
        st.sampled_from(["\\", '"', "'", "$", "%", " ", "\n", "a", "`", "#", "=", ";"]), max_size=10
    ).map("".join),
)
# Values that every format must carry: one that refuses everything would pass every test of escaping.
ORDINARY = ["word", "two words", "a;b", "a#b", "a{b}", "/path/to-it_1.2", "é 字"]


def wrong(
    write: Callable[[str], bytes], read: Callable[[bytes], object], values: list[str]
) -> list[tuple[str, object, bytes]]:
    """The values that came back as something else, with what they came back as."""
    found: list[tuple[str, object, bytes]] = []
    for value in values:
        try:
            data = write(value)
        except Unsafe:
            continue
        back = read(data)
        if back != value:
            found.append((value, back, data))
    return found


def accepted(write: Callable[[str], bytes], values: list[str]) -> list[str]:
    """The values that the format does not refuse."""
    kept = []
    for value in values:
        try:
            write(value)
        except Unsafe:
            continue
        kept.append(value)
    return kept
