"""Takes orders on standard input, `OUT BUNDLE STOP`, and writes each bundle in a process of its own.

That process dies at its STOP-th event: an audit hook sees every open, rename, unlink, mkdir, … below OUT
before the call is made. Of a file that is written, half of the bytes are there. Answers `EXIT EVENTS`.
"""

from __future__ import annotations

import os
import pickle
import sys
from pathlib import Path

from compiler.bundle import disk

DIED = 99
WATCHED = {
    *("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.link", "os.symlink"),
    *("os.truncate", "os.utime", "os.listdir", "os.scandir", "shutil.rmtree", "fcntl.flock"),
}


class Dying:
    """Counts events, and dies at one of them."""

    def __init__(self, out: str, stop: int):
        self.out, self.stop, self.seen = out, stop, 0

    def event(self, name: str, arguments: tuple[object, ...]) -> None:
        if name in WATCHED and any(
            isinstance(one, str | Path) and str(one).startswith(self.out) for one in arguments
        ):
            self.count()

    def count(self) -> None:
        self.seen += 1
        if self.seen == self.stop:
            os._exit(DIED)

    def write_bytes(self, place: Path, data: bytes) -> int:
        """`Path.write_bytes`, with one more place to die: after half of the bytes."""
        with place.open("wb", buffering=0) as file:
            file.write(data[: len(data) // 2])
            self.count()
            return file.write(data[len(data) // 2 :])


def write(order: str, answer: int) -> None:
    out, bundle, stop = order.split()
    wanted = pickle.loads(Path(bundle).read_bytes())
    dying = Dying(out, int(stop))

    def write_bytes(place: Path, data: bytes) -> int:
        return dying.write_bytes(place, data)

    setattr(Path, "write_bytes", write_bytes)  # noqa: B010 - mypy has it that methods are not assigned
    sys.addaudithook(dying.event)
    disk.write(Path(out), wanted)
    os.write(answer, str(dying.seen).encode())
    os._exit(0)


def main() -> None:
    for order in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                write(order, writer)
            finally:
                os._exit(1)
        os.close(writer)
        _, status = os.waitpid(child, 0)
        events = os.read(reader, 100).decode() or "0"
        os.close(reader)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)} {events}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
