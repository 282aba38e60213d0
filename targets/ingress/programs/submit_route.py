#!/usr/bin/env python3
"""Carries one request from ssh to the route applier's socket, and the answer back.

It exists so that the control plane's key opens nothing on the ingress but this: sshd starts it as the forced
command of a user without rights (sshd(8), authorized_keys: `restrict,command="…"`). It looks at nothing that
the caller sends: not at the words of the request (the applier judges those), and not at SSH_ORIGINAL_COMMAND.
Size and time are bounded, so that a broken caller leaves no process behind.

Exit codes:
    0   an answer was carried back, whatever it says
    1   no answer: the reason is on stdout, in the applier's own shape {"ok":false,"error":TEXT}
    2   wrong usage
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import select
import socket
import sys
import time
from typing import Callable, Sequence

ANSWER_BYTES = 65536


class NoAnswer(Exception):
    """The request was not carried, or nothing came back; the text is for the person who called."""


def main(argv: Sequence[str]) -> int:
    """Carry one line there and one line back; see the module's docstring for the exit codes."""
    options = _options(argv)
    deadline = time.monotonic() + options.timeout_seconds
    try:
        request = _first_line(_from_descriptor(0, deadline), options.limit_bytes, "the request")
        answer = ask(options.socket, request, deadline)
    except NoAnswer as fault:
        return _say(json.dumps({"ok": False, "error": str(fault)}).encode() + b"\n", 1)
    return _say(answer, 0)


def ask(path: str, request: bytes, deadline: float) -> bytes:
    """The answer line of the applier behind a unix socket.

    Args:
        path: the socket's path.
        request: one line with its newline.
        deadline: on time.monotonic()'s clock, in seconds.

    Raises:
        NoAnswer: nobody listens, the time is over, or the answer is not one bounded line.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            connection.connect(path)
            with contextlib.suppress(
                BrokenPipeError, ConnectionResetError
            ):  # an answer may lie there all the same
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
            return _first_line(
                _from_descriptor(connection.fileno(), deadline), ANSWER_BYTES, "the applier's answer"
            )
    except socket.timeout as fault:
        raise NoAnswer(f"{path} took no request in time; look at the applier's log on the ingress") from fault
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise NoAnswer(f"{path}: {reason}; is the applier's socket unit active on the ingress?") from fault


def _from_descriptor(descriptor: int, deadline: float) -> Callable[[], bytes]:
    """A reader of the next bytes of a descriptor; b"" at the end."""

    def read() -> bytes:
        left = deadline - time.monotonic()
        try:
            if left > 0 and select.select([descriptor], [], [], left)[0]:
                return os.read(descriptor, 65536)
        except OSError as fault:
            raise NoAnswer(f"the connection broke: {fault.strerror or fault}") from fault
        raise NoAnswer("the time was over before a whole line came")

    return read


def _first_line(read: Callable[[], bytes], limit: int, what: str) -> bytes:
    """One line with its newline; what follows it is left alone."""
    held = b""
    while b"\n" not in held:
        more = read()
        if not more:
            raise NoAnswer(f"{what} ended before its line did" if held else f"{what} is empty")
        held += more
        if len(held) > limit and b"\n" not in held[:limit]:
            raise NoAnswer(f"{what} is longer than {limit} bytes")
    return held[: held.index(b"\n") + 1]


def _say(line: bytes, code: int) -> int:
    """Print the line; a caller who has left is not worth a traceback."""
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Carry one route request from ssh to the applier.",
        epilog="Exit codes" + (__doc__ or "").rpartition("Exit codes")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--socket", required=True, metavar="PATH", help="the applier's unix socket")
    parser.add_argument(
        "--limit-bytes", type=int, default=4096, metavar="N", help="the longest request (default 4096)"
    )
    parser.add_argument(
        "--timeout-seconds", type=float, default=60.0, metavar="S", help="for the whole exchange (default 60)"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
