#!/usr/bin/env python3
"""Makes root file systems of the releases that `dncompile verify` asks: each host is judged by its own nginx,
systemd and Python, not by those of the machine that compiles.

They come from the same mirror as this machine's own packages, whatever its apt is told; nothing here names
one. A root is made under another name and renamed, and is not made again until its recipe changes.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from compiler.process import run
from compiler.verify.tools import default_roots

SUITES = {"debian-11": "bullseye", "debian-12": "bookworm", "debian-13": "trixie"}
# As the installer gets it: in Debian 11 the light one lacks what limits requests.
PACKAGES = ("ca-certificates", "nginx", "openssl", "python3", "systemd")
OPTIONS = (
    "--variant=essential",
    "--skip=output/dev",  # a folder of caches holds no devices
    *(f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in ("doc", "info", "locale", "man")),
)
# Installed hosts have /bin and /lib in /usr since Debian 10; what makes roots leaves 11 as it was before.
MERGED = {"debian-11": ("--setup-hook=/usr/share/mmdebstrap/hooks/merged-usr/setup00.sh",)}
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
SIDE_BY_SIDE = 2
LIMIT = 900.0  # seconds for one root; a slow mirror is no fault
STAMP = ".recipe"
# Of this machine's apt, what decides whether and how a mirror is reached.
CARRIED = re.compile(r"Acquire::(?:http|https|Check-|Retries|ForceIP)")


class Failed(Exception):
    """A root could not be made, and why."""


def main() -> int:
    """Make what is missing; the exit code is 1 if something still is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("releases", nargs="*", metavar="RELEASE", help=f"of {', '.join(SUITES)} [all]")
    parser.add_argument("--folder", type=Path, default=default_roots(), help="where they lie [%(default)s]")
    given = parser.parse_args()
    for name in given.releases:
        if name not in SUITES:
            parser.error(f"{name} is none of {', '.join(SUITES)}")
    given.folder.mkdir(parents=True, exist_ok=True)
    with locked(given.folder), ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        wanted = given.releases or list(SUITES)
        failed = [why for why in pool.map(lambda name: made(given.folder, name), wanted) if why]
    for why in failed:
        print(why, file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One at a time: two would make the same root under the same name."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another `make roots` in {folder}", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def made(folder: Path, release: str) -> str:
    """Make a root unless it is there as its recipe says; why it failed, or nothing."""
    recipe = recipe_of(release)
    root = folder / release
    if is_current(root, recipe):
        return ""
    began = time.monotonic()
    try:
        make(folder, release, recipe)
    except Failed as error:
        return f"{release}: {error}"
    print(f"{release} made in {time.monotonic() - began:.0f} s: {root}", file=sys.stderr)
    return ""


def recipe_of(release: str) -> str:
    """What a root is made of; the mirror is no part of it."""
    parts = (SUITES[release], os.uname().machine, *PACKAGES, *options_of(release))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def options_of(release: str) -> tuple[str, ...]:
    """How mmdebstrap makes a root of this release."""
    return (*OPTIONS, *MERGED.get(release, ()))


def is_current(root: Path, recipe: str) -> bool:
    """Whether a root is there, whole, and made of this recipe."""
    try:
        return (root / STAMP).read_text().strip() == recipe
    except OSError:
        return False


def make(folder: Path, release: str, recipe: str) -> None:
    """Make a root beside its place, then put it there.

    Raises:
        Failed: a program is missing, or it failed.
    """
    if shutil.which("mmdebstrap") is None:
        raise Failed("mmdebstrap is not installed: `make tools` as root gets it (apt-get install mmdebstrap)")
    if not KEYRING.exists() and not codename():
        raise Failed("Debian's keys are not here: apt-get install debian-archive-keyring")
    part, old, root = folder / f".{release}.part", folder / f".{release}.old", folder / release
    for left in (part, old):  # of a run that was interrupted
        remove(left)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as options:
        options.write(carried())
        options.flush()
        words = [*options_of(release), f"--aptopt={options.name}", f"--include={','.join(PACKAGES)}"]
        # Written last, by mmdebstrap itself: without privileges the root belongs to other accounts than ours.
        stamp = f'--customize-hook=echo {recipe} >"$1/{STAMP}"'
        lines = sources(SUITES[release])
        told = [SUITES[release], str(part), *(["-"] if lines else [])]
        done = run(["mmdebstrap", *words, stamp, *told], given="".join(lines), seconds=LIMIT)
    if done.code:
        remove(part)
        raise Failed(f"mmdebstrap failed\n{last(done.said)}")
    if root.exists():
        root.rename(old)
    part.rename(root)
    remove(old)


def sources(suite: str) -> list[str]:
    """This machine's own lines for Debian, with another suite; none if it is another distribution.

    Without any, mmdebstrap takes the mirror that it was built with.
    """
    own = codename()
    words = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)"
    listed = run(["apt-get", "indextargets", "--format", words, "Created-By: Packages"]).out
    key = f"[signed-by={KEYRING}] " if KEYRING.exists() else ""
    fields = [line.split("|") for line in listed.splitlines()]
    return [
        f"deb {key}{mirror} {release.replace(own, suite, 1)} main\n"
        for mirror, release, component, origin in fields
        if own and release in (own, f"{own}-security", f"{own}-updates")
        if component == "main" and origin in ("Debian", "$(ORIGIN)")  # not known before `apt-get update`
    ]


def codename() -> str:
    """Of this machine's Debian; empty on another distribution (os-release(5))."""
    try:
        text = Path("/etc/os-release").read_text("utf-8")
    except OSError:
        return ""
    told = dict(re.findall(r'^(ID|VERSION_CODENAME)="?([^"\n]*)"?$', text, re.MULTILINE))
    return told.get("VERSION_CODENAME", "") if told.get("ID") == "debian" else ""


def carried() -> str:
    """This machine's settings of how apt reaches a mirror, as apt.conf(5) writes them."""
    listed = run(["apt-config", "dump", "--format", '%f "%v";%n']).out
    return "".join(f"{line}\n" for line in listed.splitlines() if CARRIED.match(line) and '""' not in line)


def remove(folder: Path) -> None:
    """Take a root away, also one whose files belong to the accounts of a user namespace.

    Raises:
        Failed: it is still there.
    """
    if not folder.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        run(["mmdebstrap", "--unshare-helper", "rm", "-rf", "--", str(folder)])
    if folder.exists():
        raise Failed(f"{folder} cannot be removed: remove it as root")


def last(said: str) -> str:
    """The end of what a program said, where the reason stands."""
    return "\n".join(f"  {line}" for line in said.splitlines()[-8:])


if __name__ == "__main__":
    sys.exit(main())
