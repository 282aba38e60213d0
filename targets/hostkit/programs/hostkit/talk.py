"""What a program says: its help, log lines on stderr with journald's priorities, one result on stdout.

It exists so that `journalctl -p err` finds the failures of every program (sd-daemon(3): a line may begin
with its priority, as in <3>), and so that `--help` tells on the host what an exit code means.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Mapping, Optional, Sequence

_EXIT_CODES = "Exit codes"


def parser(
    doc: Optional[str], description: str, parents: Sequence[argparse.ArgumentParser] = ()
) -> argparse.ArgumentParser:
    """A parser whose help ends with the exit codes.

    Args:
        doc: the program's docstring, which ends with them; None under -OO.
        description: what the program does, in a line.
        parents: as argparse's.
    """
    return argparse.ArgumentParser(
        description=description,
        epilog=_EXIT_CODES + (doc or "").rpartition(_EXIT_CODES)[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=parents,
    )


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
    """Each line, with the priority where the journal reads it: a person has no use for it."""
    mark = f"<{priority}>" if _journal_reads() else ""
    for line in message.splitlines() or [""]:
        print(f"{mark}{_printable(line)}", file=sys.stderr, flush=True)


def _journal_reads() -> bool:
    """Whether standard error is the stream that systemd connected to the journal (systemd.exec(5))."""
    try:
        there = os.fstat(2)
    except OSError:
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{there.st_dev}:{there.st_ino}"


def _printable(text: str) -> str:
    """Without control characters: a peer's answer may be part of a message, and must not move a cursor."""
    return "".join(one if one.isprintable() else "?" for one in text)
