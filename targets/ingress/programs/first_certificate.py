#!/usr/bin/env python3
"""Leads nginx to the certificates: to the real ones where they are, to a self-signed pair until then.

It exists because nginx does not start without a certificate, and the authority that gives the real one wants
an nginx that answers on port 80. For each hostname nginx reads a link to a folder; this program makes the
link, and changes it only if it is one of its own. A self-signed pair is made where none is, and no file is
ever overwritten.

    (no option)   make pairs and links; nginx is not touched, since it is about to start
    --reload      the same, and nginx reads the certificates anew: after a renewal
    --check       say what would change, change nothing

Exit codes:
    0   every link is right, or was made right
    1   something could not be made, or nginx did not reload
    2   wrong usage
    3   --check: something would change
    78  the configuration is wrong
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from hostkit import commands, config, files, talk

CHAIN, KEY = "fullchain.pem", "privkey.pem"
DAYS = "3650"  # nobody trusts it, however long it lasts
COMMAND_SECONDS = 60.0


class Failed(Exception):
    """A pair or link was not made; the text says why and what to do."""


@dataclass(frozen=True)
class Certificate:
    """Folders of one hostname: what nginx reads, what the certificate client keeps, what is made here."""

    link: str
    real: str
    first: str

    def __post_init__(self) -> None:
        if not all(path.startswith("/") for path in (self.link, self.real, self.first)):
            raise ValueError("link, real and first: absolute paths")


@dataclass(frozen=True)
class Settings:
    """first-certificate.json."""

    certificates: Dict[str, Certificate]
    openssl: str
    reload_command: Tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.reload_command:
            raise ValueError("reload_command: a program and its arguments")


def main(argv: Sequence[str]) -> int:
    """Make pairs and links; see the module's docstring for the exit codes."""
    options = _options(argv)
    try:
        settings = config.load(Settings, options.config)
    except config.ConfigError as fault:
        talk.error(str(fault))
        return 78
    done: List[str] = []
    failures: List[str] = []
    for hostname, one in settings.certificates.items():
        try:
            done += settle(hostname, one, settings.openssl, check=options.check)
        except (Failed, commands.CommandError, OSError) as fault:
            failures.append(f"{hostname}: {fault}")
            talk.error(failures[-1])
    if options.reload and not options.check:
        failures += _reload(settings.reload_command)
    talk.emit({"changes": done or "nothing to do", "failures": failures}, options.json)
    if failures:
        return 1
    return 3 if options.check and done else 0


def settle(hostname: str, one: Certificate, openssl: str, *, check: bool = False) -> List[str]:
    """Make one hostname's link lead to a pair; what was done, or with `check` would be.

    Raises:
        Failed: what stands in the place of the link or the pair is not ours.
        CommandError: openssl did not make the pair.
        OSError: a folder or link could not be made.
    """
    real = complete(one.real)
    wanted = one.real if real else one.first
    done = []
    if not real:
        talk.warning(f"{hostname}: self-signed until {one.real} has {CHAIN} and {KEY}")
        if not complete(one.first):
            done.append(f"{hostname}: a self-signed pair in {one.first}")
            if not check:
                make_pair(hostname, Path(one.first), openssl)
    if _leads_to(one) != wanted:
        done.append(f"{hostname}: {one.link} leads to {wanted}")
        if not check:
            _lead(Path(one.link), wanted)
    return done


def complete(folder: str) -> bool:
    """Whether a folder has both files; a link in it that leads nowhere is none."""
    return all(os.path.isfile(os.path.join(folder, name)) for name in (CHAIN, KEY))


def make_pair(hostname: str, folder: Path, openssl: str) -> None:
    """A self-signed pair in a folder that appears whole, or not at all.

    Raises:
        Failed: something else stands there.
        CommandError: openssl did not make it.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Failed(f"{folder} has something in it, but not {CHAIN} and {KEY}: look at it and move it away")
    folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # of mode 0700
    try:
        pair = ["-keyout", str(beside / KEY), "-out", str(beside / CHAIN)]
        commands.run([openssl, *_request(hostname), *pair], COMMAND_SECONDS)
        (beside / KEY).chmod(0o600)
        (beside / CHAIN).chmod(0o644)
        for name in (KEY, CHAIN):
            _sync(beside / name)
        files.sync_directory(beside)
        os.rename(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    files.sync_directory(folder.parent)


def _request(hostname: str) -> List[str]:
    """A subject's name may have 64 characters at most, a hostname more: it stands in the other place.

    The host's openssl.cnf is not asked: it may say anything, or be absent.
    """
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    name = ["-subj", "/CN=self-signed", "-addext", f"subjectAltName=DNS:{hostname}"]
    return ["req", "-config", os.devnull, "-x509", *key, "-days", DAYS, *name]


def _leads_to(one: Certificate) -> str:
    """Where the link leads; empty where there is none."""
    if not os.path.lexists(one.link):
        return ""
    if not os.path.islink(one.link):
        raise Failed(f"{one.link} is no link, so it is left alone: move it away, and this makes the link")
    found = os.readlink(one.link)
    if found not in (one.real, one.first):
        raise Failed(f"{one.link} leads to {found}, and not by this program: remove it, or the server's use")
    return found


def _lead(link: Path, target: str) -> None:
    link.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{link.name}.", dir=link.parent))
    try:
        (beside / "link").symlink_to(target)
        os.replace(beside / "link", link)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    files.sync_directory(link.parent)


def _reload(words: Tuple[str, ...]) -> List[str]:
    try:
        commands.run(words, COMMAND_SECONDS)
    except commands.CommandError as fault:
        talk.error(f"nginx did not read the certificates: {fault}")
        return [str(fault)]
    return []


def _sync(path: Path) -> None:
    with open(path, "rb") as stream:
        os.fsync(stream.fileno())


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = talk.parser(__doc__, "Lead nginx to the real certificates, or to self-signed ones.")
    parser.add_argument("--config", required=True, metavar="FILE", help="first-certificate.json")
    parser.add_argument("--reload", action="store_true", help="have nginx read the certificates anew")
    parser.add_argument(
        "--check", "--dry-run", action="store_true", help="say what would change, change nothing"
    )
    parser.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
