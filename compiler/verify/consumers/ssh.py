"""OpenSSH: every entry that lets somebody in, or names a host, by ssh-keygen and by sshd's rules of options.

sshd skips an entry that it cannot read, without a word to whom it locks out.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from compiler.formats.ssh import AuthorizedKeys, KnownHosts
from compiler.process import run
from compiler.verify.check import Check, Found, Subject
from compiler.verify.consumers.laid import places
from compiler.verify.site import Site

# sshd(8), AUTHORIZED_KEYS FILE FORMAT.
_FLAGS = frozenset(
    [
        "restrict",
        "cert-authority",
        "no-touch-required",
        "verify-required",
        *(
            f"{no}{what}"
            for no in ("", "no-")
            for what in ("agent-forwarding", "port-forwarding", "pty", "user-rc", "X11-forwarding")
        ),
    ]
)
_VALUED = frozenset(
    ["command", "environment", "expiry-time", "from", "permitlisten", "permitopen", "principals", "tunnel"]
)
_OPTION = re.compile(r'([A-Za-z0-9-]+)(?:="((?:[^"\\]|\\.)*)")?')
_PATTERN = re.compile(r"!?[A-Za-z0-9.*?:_-]+\Z")
# Without these an entry is a whole account.
_HELD = ("restrict", "command", "from")


def subjects(site: Site) -> Iterator[Subject]:
    """Each file of keys that has an entry."""
    for place in places(site):
        for path, one in site.files(place).items():
            if isinstance(one.planned.artifact.content, AuthorizedKeys | KnownHosts):
                yield Subject(place, (path,))


def entries(site: Site, subject: Subject) -> Iterator[Found]:
    """What the two say of each entry."""
    (path,) = subject.paths
    authorized = isinstance(site.files(subject.place)[path].planned.artifact.content, AuthorizedKeys)
    for number, line in enumerate(site.text(subject.place, path).splitlines(), start=1):
        if line and not line.startswith("#"):
            for message, token in (*_keygen(site, line), *(_options(line) if authorized else ())):
                yield Found(path, number, message, token)


def _keygen(site: Site, line: str) -> Iterator[tuple[str, str]]:
    done = run([str(site.tools.program("ssh-keygen")), "-l", "-f", "/dev/stdin"], given=f"{line}\n")
    if done.code or len(done.out.splitlines()) != 1:
        key = line.rpartition('" ')[2]
        yield f"ssh-keygen takes this for no public key: {_first(done.said)}", key


def _first(said: str) -> str:
    return next(iter(said.strip().splitlines()), "it says nothing").replace("/dev/stdin", "the entry")


def _options(line: str) -> Iterator[tuple[str, str]]:
    """What sshd would not take, or what would leave the entry too free."""
    seen: dict[str, str] = {}
    at = 0
    while at < len(line):
        found = _OPTION.match(line, at)
        if found is None:
            yield f"sshd reads no option at `{line[at : at + 20]}`", line[at:]
            return
        name, value = found.groups()
        yield from _option(name, value, seen)
        seen[name.lower()] = value or ""
        at = found.end()
        if line[at : at + 1] != ",":
            break
        at += 1
    if line[at : at + 1] not in (" ", "\t"):
        yield f"sshd takes the options to end at `{line[at : at + 20]}`", line[at:]
    for name in _HELD:
        if name not in seen:
            yield f"without `{name}` the key opens more than it is for", line


def _option(name: str, value: str | None, seen: dict[str, str]) -> Iterator[tuple[str, str]]:
    if value is None and name not in _FLAGS:
        yield f"sshd knows no option `{name}` without a value", ""
    elif value is not None and name not in _VALUED:
        yield f"sshd knows no option `{name}` with a value", ""
    if name.lower() in seen and name in ("command", "from", "principals"):
        yield f"sshd refuses an entry that says `{name}` twice", ""
    if name == "from":
        yield from (
            (f"`from` is not read: {why}", item)
            for item in (value or "").split(",")
            if (why := _bad_source(item))
        )


def _bad_source(item: str) -> str:
    if "/" in item:
        try:
            ipaddress.ip_network(item.removeprefix("!"))
        except ValueError as error:
            return str(error)
        return ""
    return "" if _PATTERN.match(item) else f"{item!r} is no address, name or pattern"


CHECKS = (Check("ssh", "DN443", ("ssh-keygen",), subjects, entries),)
