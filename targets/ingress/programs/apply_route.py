#!/usr/bin/env python3
"""Changes where one of the ingress's routes goes, or says where it goes now.

It exists so that the control plane can move a route without any right on the ingress: systemd starts it for
one connection of a local socket (stdin and stdout are the connection), it reads one JSON line, and judges it
by the ingress's own configuration. It renders the route file itself, and leaves the old route standing
whenever nginx does not accept the new one.

    {"version":1,"serving":"chat","servers":["10.20.1.5"],"port":8000,"generation":7}    publish
    {"version":1,"serving":"chat","read":true}                                             read
    {"ok":true,"changed":true,"servers":["10.20.1.5"],"port":8000,"generation":7}           answer
    {"ok":false,"error":"…"}                                                                 answer

A publication is committed by the state file, written last. A read answers with what is committed *and* stands
in the route file; where the two differ (a crash in between, a hand edit) it answers with no servers and port
0, so that the next route-sync publishes again. Generations only grow: a replayed or overtaken request changes
nothing.

Exit codes:
    0   answered with ok
    1   answered with an error; nothing is changed, or the old route is restored (the error says if not)
    2   wrong usage
    75  another request is being applied; ask again
    78  the configuration is wrong
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any, Callable, Dict, NoReturn, Optional, Sequence, Tuple

from hostkit import commands, config, files, talk
from route_request import Refused, Request, Route, Settings, parse, parse_file, render

REQUEST_SECONDS = 10.0  # for the whole request line
COMMAND_SECONDS = 15.0  # for one run of nginx or systemctl: submit_route.py waits for four of them


def main(argv: Sequence[str]) -> int:
    """Answer one request; see the module's docstring for the exit codes."""
    options = _options(argv)
    answer, code = respond(options.config, lambda limit: _line(0, limit), dry_run=options.dry_run)
    if not answer["ok"]:
        talk.error(answer["error"])
    return _say(answer, code)


def respond(path: str, read: Callable[[int], bytes], *, dry_run: bool = False) -> Tuple[Dict[str, Any], int]:
    """The answer to one request, and the exit code.

    Args:
        path: the configuration's.
        read: gives the request line, which may have that many bytes.
        dry_run: judge only.
    """
    try:
        settings = config.load(Settings, path)
    except config.ConfigError as fault:
        return _error(f"the ingress's own configuration is wrong: {fault}"), 78
    try:
        request = parse(read(settings.request_limit_bytes), settings)
        with files.locked(settings.lock):
            return {"ok": True, **_answer(settings, request, dry_run=dry_run)}, 0
    except files.Busy:
        return _error("another request is being applied on this ingress; ask again in a few seconds"), 75
    except (Refused, OSError) as fault:
        return _error(str(fault)), 1


def _answer(settings: Settings, request: Request, *, dry_run: bool) -> Dict[str, Any]:
    desk = Desk(settings, request.serving)
    changed = False
    if request.route is not None:
        changed = desk.would_change(request.route) if dry_run else desk.publish(request.route)
    now = desk.current() if request.route is None or not dry_run else request.route
    return {"changed": changed, "servers": list(now.servers), "port": now.port, "generation": now.generation}


class Desk:
    """One route of this ingress: its file, its committed state, and the way from one to the next."""

    def __init__(self, settings: Settings, serving: str) -> None:
        self._settings = settings
        self._file = Path(settings.routes[serving].file)
        self._state = Path(settings.state_directory, f"{serving}.json")
        self._previous = Path(settings.state_directory, f"{serving}.previous")

    def current(self) -> Route:
        """The route that is committed and stands in the file; without servers where the two differ."""
        committed = self._committed()
        standing = parse_file(_read(self._file) or b"")
        return committed if committed.same_place(standing) else Route(generation=committed.generation)

    def would_change(self, wanted: Route) -> bool:
        """Is there anything to do?

        Raises:
            Refused: the generation is not newer than the committed one.
        """
        current = self.current()
        if wanted.generation <= current.generation:
            raise Refused(
                f"generation {wanted.generation} is not newer than {current.generation}: "
                "the request is a replay, or another control plane has published since; run route-sync again"
            )
        return not wanted.same_place(current)

    def publish(self, wanted: Route) -> bool:
        """Make the route go to other servers; True where it went elsewhere before.

        Raises:
            Refused: nginx did not take it, and the old route stands again.
            OSError: a file could not be written, and the old route stands again.
        """
        changed = self.would_change(wanted)
        if changed:
            self._flip(wanted)
        else:
            self._commit(wanted)
        return changed

    def _flip(self, wanted: Route) -> None:
        old, new = _read(self._file), render(wanted)
        if old is not None:
            files.write_atomic(self._previous, old)  # for an operator: nothing reads it
        reloaded = False
        signal.signal(signal.SIGTERM, _stopped)
        try:
            files.write_atomic(self._file, new)
            _run(self._settings.test_command, "nginx refused the new route")
            reloaded = True  # from here on nginx may have taken it, whatever the command says
            _run(self._settings.reload_command, "nginx did not reload")
            self._read_back(new)
            self._commit(wanted)
        except BaseException as fault:
            raise Refused(f"{fault}; {self._restore(old, reload=reloaded)}") from fault

    def _read_back(self, new: bytes) -> None:
        if _read(self._file) != new:
            raise Refused(f"{self._file} was changed by somebody else during the publication")

    def _restore(self, old: Optional[bytes], *, reload: bool) -> str:
        """Put the old file back; what to tell about it."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # nothing is more urgent than this
        try:
            if old is None:
                self._file.unlink()
            else:
                files.write_atomic(self._file, old)
            if reload:
                _run(self._settings.reload_command, "nginx did not reload")
        except (OSError, Refused) as fault:
            return f"and the old route could not be restored ({fault}): look at {self._file} and at nginx now"
        return "the old route stands"

    def _committed(self) -> Route:
        """The state; without one, or with one that is damaged, nothing is committed.

        A damaged state must not lock route-sync out for good: its own count of generations still grows.
        """
        try:
            found = json.loads(_read(self._state) or b"{}")
            return Route(tuple(found["servers"]), int(found["port"]), int(found["generation"]))
        except (KeyError, TypeError, ValueError):
            return Route()

    def _commit(self, route: Route) -> None:
        state = {"servers": list(route.servers), "port": route.port, "generation": route.generation}
        files.write_atomic(self._state, json.dumps(state).encode() + b"\n")


def _run(command: Tuple[str, ...], what: str) -> None:
    try:
        commands.run(command, COMMAND_SECONDS)
    except commands.CommandError as fault:
        raise Refused(f"{what}: {fault}") from None


def _read(path: Path) -> Optional[bytes]:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _line(descriptor: int, limit: int) -> bytes:
    """The first line that comes in, bounded in size and time; nothing may follow it."""
    deadline = time.monotonic() + REQUEST_SECONDS
    held = b""
    while b"\n" not in held:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            raise Refused(f"no whole line came within {REQUEST_SECONDS:.0f} s")
        more = os.read(descriptor, limit + 1 - len(held))
        if not more:
            raise Refused("the request ended before its line did")
        held += more
        if len(held) > limit:
            raise Refused(f"the request is longer than {limit} bytes")
    if not held.endswith(b"\n") or held.count(b"\n") != 1:
        raise Refused("more than one line came")
    return held


def _stopped(*_: object) -> NoReturn:
    raise Refused("the applier was told to stop")


def _error(text: str) -> Dict[str, Any]:
    return {"ok": False, "error": text}


def _say(answer: Dict[str, Any], code: int) -> int:
    """Answer; a caller who has left is not worth a traceback, and everything is settled by now."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
    except (BrokenPipeError, ConnectionResetError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = talk.parser(__doc__, "Answer one route request on stdin and stdout.")
    parser.add_argument("--config", required=True, metavar="FILE", help="apply-route.json")
    parser.add_argument("--dry-run", action="store_true", help="judge the request and change nothing")
    parser.add_argument("--json", action="store_true", help="as everywhere; the answer always is JSON")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
