"""nginx configuration, written by templates.

nginx has no escape for `$` in a value, so a value with one is refused, as are control characters; everything
else is quoted where it is not plainly a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from compiler.formats.safe import Safe, Unsafe, one_line, refuse
from compiler.spec.units import Duration, Size

CONTEXT = "nginx"
_BARE = re.compile(r"[A-Za-z0-9_./:@,+=-]+\Z")


def token(value: object) -> Safe:
    """One parameter of a directive."""
    text = refuse(value, "an nginx parameter", "$")
    if _BARE.match(text):
        return Safe(text, CONTEXT)
    return Safe('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"', CONTEXT)


def variable(value: object) -> Safe:
    """Part of the name of a variable or zone."""
    text = one_line(value, "part of an nginx variable's name").replace("-", "_").replace(".", "_")
    if not re.fullmatch(r"[a-z0-9_]+", text):
        raise Unsafe(value, "part of an nginx variable's name", f"{text!r} is no name")
    return Safe(text, CONTEXT)


def time(value: object) -> Safe:
    """A length of time in nginx's spelling."""
    if not isinstance(value, Duration):
        raise Unsafe(value, "an nginx time", f"{value!r} is no duration")
    return Safe(f"{value.count}ms" if value.count % 1000 else f"{value.count // 1000}s", CONTEXT)


def seconds(value: object) -> Safe:
    """A length of time as a bare number of whole seconds, as HTTP headers want it."""
    if not isinstance(value, Duration):
        raise Unsafe(value, "a number of seconds", f"{value!r} is no duration")
    return Safe(str(-(-value.count // 1000)), CONTEXT)


def size(value: object) -> Safe:
    """An amount of storage in nginx's spelling (k and m are 2¹⁰ and 2²⁰)."""
    if not isinstance(value, Size):
        raise Unsafe(value, "an nginx size", f"{value!r} is no size")
    for unit, factor in (("m", 2**20), ("k", 2**10)):
        if value.bytes % factor == 0:
            return Safe(f"{value.bytes // factor}{unit}", CONTEXT)
    return Safe(str(value.bytes), CONTEXT)


FILTERS: Mapping[str, Callable[[object], Safe]] = {
    "token": token,
    "variable": variable,
    "time": time,
    "seconds": seconds,
    "size": size,
}
