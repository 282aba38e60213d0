"""What a program says: log lines on stderr with journald's priorities, and one result on stdout.

It exists so that `journalctl -p err` finds the failures of every program (sd-daemon(3): a line may begin
with its priority, as in <3>).
"""

from __future__ import annotations

import json
import sys
from typing import Mapping


def error(message: str) -> None:
    """Somebody has to do something."""
    _say(3, message)


def warning(message: str) -> None:
    """Worth knowing; the program went on."""
    _say(4, message)


def info(message: str) -> None:
    """What was done."""
    _say(6, message)


def emit(result: Mapping[str, object], as_json: bool) -> None:
    """Print the result of a run: one JSON line for a program, or a line for each key for a person."""
    if as_json:
        print(json.dumps(result, sort_keys=True, ensure_ascii=False), flush=True)
        return
    for key, value in result.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        print(f"{key.replace('_', ' ')}: {_printable(text)}", flush=True)


def _say(priority: int, message: str) -> None:
    """Each line with the priority, unless a person reads it on a terminal."""
    mark = "" if sys.stderr.isatty() else f"<{priority}>"
    for line in message.splitlines() or [""]:
        print(f"{mark}{_printable(line)}", file=sys.stderr, flush=True)


def _printable(text: str) -> str:
    """Without control characters: a peer's answer may be part of a message, and must not move a cursor."""
    return "".join(one if one.isprintable() else "?" for one in text)
