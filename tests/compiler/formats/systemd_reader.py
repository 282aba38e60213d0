"""Units as systemd reads them, written from systemd.syntax(7), systemd.service(5) and systemd.unit(5)."""

from __future__ import annotations

import re

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "s": " "}
_BLANK = " \t\n\r"
_NONCHARACTER = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


class Misread(ValueError):
    """systemd would complain."""


def lines(text: str) -> list[str]:
    """Logical lines: comments and empty lines left out, continuations joined by a blank."""
    if _NONCHARACTER.search(text):
        raise Misread("not valid text to systemd")
    found, pending = [], ""
    for line in text.split("\n"):
        if line.lstrip(_BLANK)[:1] in ("#", ";"):
            continue
        if line.endswith("\\"):
            pending += line[:-1] + " "
        elif (pending + line).strip(_BLANK):
            found.append((pending + line).strip(_BLANK))
            pending = ""
    return [*found, pending] if pending else found


def sections(data: bytes) -> list[tuple[str, list[tuple[str, str]]]]:
    """Sections in order, with their assignments in order."""
    found: list[tuple[str, list[tuple[str, str]]]] = []
    for line in lines(data.decode("utf-8")):
        if line.startswith("["):
            if not line.endswith("]"):
                raise Misread(line)
            found.append((line[1:-1], []))
        else:
            key, equals, value = line.partition("=")
            if not equals or not found:
                raise Misread(line)
            found[-1][1].append((key.rstrip(_BLANK), value.lstrip(_BLANK)))
    return found


def specifiers(text: str) -> str:
    """`%%` is a percent sign; any other specifier would be replaced by something of the host."""

    def expand(found: re.Match[str]) -> str:
        if found[1] != "%":
            raise Misread(f"a specifier: {found[0]!r}")
        return "%"

    return re.sub(r"%(.?)", expand, text, flags=re.DOTALL)


def words(text: str) -> list[str]:
    """Words with quotes and C escapes undone."""
    found: list[str] = []
    word: str | None = None
    quote = ""
    rest = iter(text)
    for char in rest:
        if char == "\\":
            word = (word or "") + _escaped(rest)
        elif quote:
            quote, word = ("", word) if char == quote else (quote, (word or "") + char)
        elif char in "\"'":
            quote, word = char, word or ""
        elif char in _BLANK:
            found += [word] if word is not None else []
            word = None
        else:
            word = (word or "") + char
    if quote:
        raise Misread("a quote is open")
    return [*found, word] if word is not None else found


def _escaped(rest: object) -> str:
    char = next(rest, "")  # type: ignore[call-overload]
    if char in ("\\", '"', "'"):
        return str(char)
    if char in _ESCAPES:
        return _ESCAPES[char]
    raise Misread(f"the escape \\{char}")


def command(text: str) -> list[list[str]]:
    """Command lines as the kernel gets them: prefixes off, specifiers and variables undone."""
    raw = words(text.lstrip("@-:+!"))
    if not raw:
        raise Misread("no command")
    lines_: list[list[str]] = [[]]
    for original, word in zip(_bare(text), raw, strict=True):
        if original == ";":
            lines_.append([])
        else:
            lines_[-1].append(specifiers(word))
    program = lines_[0][0]
    return [[program, *map(variables, line[1:])] if line[0] is program else line for line in lines_]


def _bare(text: str) -> list[str]:
    """The words as they are written: a `;` is a separator only where it is a bare word."""
    return re.findall(r'(?:"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|[^\s"\'])+', text, flags=re.ASCII)


def variables(word: str) -> str:
    """`$$` is a dollar sign; `$` before anything else would be replaced by a variable."""
    if re.search(r"(?<!\$)(?:\$\$)*\$(?!\$)", word):
        raise Misread(f"a variable in {word!r}")
    return word.replace("$$", "$")
