"""systemd units (systemd.syntax(7), systemd.service(5)).

Four contexts: a word of a command line, an item of `Environment=`, an item of a list, and a plain value.
`%` is
doubled in each, since systemd expands specifiers; `$` is doubled in command lines, where it expands
variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compiler.formats.safe import HEADER, Safe, Unsafe, one_line, refuse
from compiler.spec.units import Duration

COMMAND, VALUE, ITEM, WORDS = "unit command", "unit value", "unit environment", "unit list"
_BARE = re.compile(r"[A-Za-z0-9_./:=@,+%$-]+\Z")
# Directives whose value is one text to the end of the line; any other reads blanks as separators.
_TEXTS = ("Description", "OnCalendar")
_PREFIXES = ("", "+", "-", "-+")

Directive = Safe | str | int | bool | Duration | tuple[Safe, ...]


def command(words: Iterable[object], prefix: str = "") -> Safe:
    """A command line: an absolute program and its arguments, each one word whatever is in it.

    `prefix` is one of systemd's marks before the program, such as `+` for full privileges.
    """
    program, *rest = [one_line(word, "a word of a command line") for word in words]
    refuse(program, "the program of a unit", "$\"'\\")  # systemd refuses quotes here, and keeps $$ as it is
    if not program.startswith("/") or prefix not in _PREFIXES:
        raise Unsafe(program, "the program of a unit", f"{prefix}{program!r} is no absolute path")
    return Safe(prefix + " ".join(_word(word) for word in (program, *rest)), COMMAND)


def _word(text: str) -> str:
    doubled = text.replace("%", "%%").replace("$", "$$")
    return doubled if _BARE.match(doubled) else _quoted(doubled)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def environment(variables: Mapping[str, object]) -> tuple[Safe, ...]:
    """One `Environment=` line for each variable, in order of name."""
    lines = []
    for name, value in sorted(variables.items()):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise Unsafe(name, "an environment variable", f"{name!r} is no variable's name")
        text = one_line(value, "a variable's value").replace("%", "%%")
        lines.append(Safe(_quoted(f"{name}={text}"), ITEM))
    return tuple(lines)


def words(items: Iterable[object]) -> Safe:
    """A list separated by spaces, such as that of `After=`."""
    safe = [refuse(item, "an item of a list", " \t\"'\\").replace("%", "%%") for item in items]
    if not all(safe):
        raise Unsafe("", "an item of a list", "it is empty")
    return Safe(" ".join(safe), WORDS)


def value(plain: object) -> Safe:
    """A plain value, to the end of its line."""
    text = one_line(plain, "a unit's value")
    if text.endswith("\\") or text != text.strip():
        raise Unsafe(plain, "a unit's value", f"{text!r} ends in a backslash or has blanks around it")
    return Safe(text.replace("%", "%%"), VALUE)


@dataclass(frozen=True, slots=True)
class Section:
    """One section, its directives in order; a directive may repeat."""

    name: str
    directives: tuple[tuple[str, Safe], ...]


def section(name: str, /, **directives: Directive | None) -> Section:
    """A section from its directives: plain values are made safe here, `None` leaves a directive out."""
    lines: list[tuple[str, Safe]] = []
    for key, given in directives.items():
        if given is not None:
            lines.extend(
                (key, _directive(key, one)) for one in (given if isinstance(given, tuple) else (given,))
            )
    return Section(name, tuple(lines))


def _directive(key: str, given: Safe | str | int | bool | Duration) -> Safe:
    wanted = COMMAND if key.startswith("Exec") else ITEM if key == "Environment" else None
    if isinstance(given, Safe):
        safe = given
    elif isinstance(given, bool):
        safe = Safe("yes" if given else "no", VALUE)
    else:
        safe = value(_time(given) if isinstance(given, Duration) else given)
    if safe.context == VALUE and " " in safe and key not in _TEXTS:
        raise Unsafe(given, f"the value of {key}=", f"{str(safe)!r} has a blank in it and would be several")
    if (wanted and safe.context != wanted) or (not wanted and safe.context not in (VALUE, WORDS)):
        raise Unsafe(given, f"the value of {key}=", f"it was made for {safe.context}")
    return safe


def _time(duration: Duration) -> str:
    if duration.count % 1000:
        return f"{duration.count}ms"
    return f"{duration.count // 1000}s"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit file; `enabled` says whether the host starts it by itself."""

    sections: tuple[Section, ...]
    enabled: bool = False

    def render(self) -> bytes:
        """The file's bytes."""
        lines = [f"# {HEADER}"]
        for part in self.sections:
            lines += ["", f"[{part.name}]", *(f"{key}={given}" for key, given in part.directives)]
        return ("\n".join(lines) + "\n").encode()


def unit(*sections: Section, enabled: bool = False) -> Unit:
    """A unit from its sections."""
    return Unit(sections, enabled)
