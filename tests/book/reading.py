"""Reading the outputs back, each in its own format and with no code of the compiler's."""

from __future__ import annotations

import io
import json
import re
import shlex
import tempfile
from pathlib import Path
from typing import Any

import crossplane
import dotenv

Unit = dict[str, dict[str, list[str]]]


def loads(data: bytes) -> Any:
    """JSON; a key that is there twice is refused."""
    return json.loads(data, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f"a key is there twice: {names}"
    return dict(pairs)


def env(data: bytes) -> dict[str, str | None]:
    """An environment file, as python-dotenv reads it."""
    return dict(dotenv.dotenv_values(stream=io.StringIO(data.decode()), interpolate=False))


def secrets(data: bytes) -> dict[str, str]:
    """The variables of an environment file that name where a secret is kept."""
    return dict(re.findall(r"^# secret (\S+) from (\S+)$", data.decode(), flags=re.MULTILINE))


def unit(data: bytes) -> Unit:
    """A unit file: sections of directives, each with all its values; anything else is refused."""
    sections: Unit = {}
    current: dict[str, list[str]] | None = None
    for line in data.decode().splitlines():
        if header := re.fullmatch(r"\[([A-Z][A-Za-z]+)\]", line):
            assert header[1] not in sections, line
            current = sections.setdefault(header[1], {})
        elif line and not line.startswith("#"):
            directive = re.fullmatch(r"([A-Z][A-Za-z]+)=(.*)", line)
            assert directive is not None and current is not None, line
            current.setdefault(directive[1], []).append(directive[2])
    return sections


def argv(data: bytes) -> list[str]:
    """The one command of a script, without the mark for the operator's own words."""
    lines = [line for line in data.decode().splitlines() if line.startswith("exec ")]
    assert len(lines) == 1
    words = shlex.split(lines[0])
    assert words[0] == "exec" and words[-1] == "$@"
    return words[1:-1]


def columns(data: bytes) -> list[list[str]]:
    """Lines of words: tmpfiles.d, sysusers.d."""
    return [shlex.split(line) for line in data.decode().splitlines() if not line.startswith("#")]


def nginx(data: bytes) -> list[dict[str, Any]]:
    """A piece of nginx configuration as crossplane's blocks."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "piece.conf"
        file.write_bytes(data)
        payload = crossplane.parse(str(file), single=True, check_ctx=False, strict=False, catch_errors=False)
    return list(payload["config"][0]["parsed"])


def directives(blocks: list[dict[str, Any]], name: str) -> list[list[str]]:
    """The arguments of every directive of a name at one level."""
    return [block["args"] for block in blocks if block["directive"] == name]


def below(blocks: list[dict[str, Any]], name: str, *args: str) -> list[dict[str, Any]]:
    """What stands in the one block with this name and these arguments."""
    (found,) = [block for block in blocks if block["directive"] == name and block["args"] == list(args)]
    return list(found["block"])


def requirements(data: bytes) -> dict[str, str]:
    """A lock's projects and their versions."""
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", data.decode(), flags=re.MULTILINE))


# ── Markdown


def section(data: bytes, heading: str) -> list[str]:
    """The lines below a heading, down to the next one of the same or a higher level."""
    lines = data.decode().splitlines()
    (start,) = [
        number for number, line in enumerate(lines) if re.fullmatch(rf"#+ {re.escape(heading)}", line)
    ]
    level = len(lines[start].split()[0])
    rest = lines[start + 1 :]
    ends = [number for number, line in enumerate(rest) if re.match(rf"#{{1,{level}}} ", line)]
    return rest[: ends[0]] if ends else rest


def table(data: bytes, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its own heading row; cells as plain text."""
    rows = [line for line in section(data, heading) if line.startswith("|")]
    assert set(rows[1]) == {"|", "-"}
    taken = []
    for row in rows[2:]:
        cells = [_plain(cell) for cell in re.split(r"(?<!\\)\|", row)[1:-1]]
        taken.append(cells)
    return taken


def items(data: bytes, heading: str) -> list[str]:
    """The items of the lists below a heading."""
    return [_plain(line.removeprefix("- ")) for line in section(data, heading) if line.startswith("- ")]


def _plain(cell: str) -> str:
    """A cell without the marks of code spans and without backslashes before punctuation."""
    bare = re.sub(r"(?<!\\)(`+) ?(.*?) ?\1", r"\2", cell.strip())
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", bare)
