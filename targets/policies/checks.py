"""AWS: IAM policies by parliament, and the security group against the flows that outputs themselves name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from compiler.artifact import Host, Place
from compiler.process import run
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.site import Site

_POLICY, _GROUP = "iam-policy.json", "security-group.json"
# What it says below this are remarks (INFO).
_LEAST = "LOW"
_SSH = 22

Flow = tuple[int, str]
"""A port, and the group or network that may connect to it."""


def _named(site: Site, name: str) -> Iterator[tuple[Place, str]]:
    for place, scope in site.scopes.items():
        yield from ((place, path) for path in scope.artifacts if PurePosixPath(path).name == name)


# ── IAM


def policies(site: Site) -> Iterator[Subject]:
    """Each IAM policy."""
    for place, path in _named(site, _POLICY):
        yield Subject(place, (path,))


def parliament(site: Site, subject: Subject) -> Iterator[Found]:
    """Actions, resources and conditions that AWS does not know or that do not fit each other."""
    (path,) = subject.paths
    text = site.text(subject.place, path)
    words = [str(site.tools.program("parliament")), "--json", "--minimum_severity", _LEAST]
    done = run(words, given=text)
    if done.code > 1 or done.err:
        raise Unable(done.said.strip())
    for finding in map(json.loads, done.out.splitlines()):
        word = _word(finding["location"], finding["detail"])
        line = int(finding["location"].get("line") or 0) or _line(text, word)
        yield Found(path, line, f"{finding['title']}: {_detail(finding['detail'])}", word)


def _detail(detail: object) -> str:
    return detail if isinstance(detail, str) else json.dumps(detail, sort_keys=True)


def _word(location: Mapping[str, Any], detail: object) -> str:
    """The text that parliament is about, where it says so."""
    quoted = str(detail).split("'")
    return str(location.get("string") or (quoted[1] if len(quoted) > 1 else ""))


def _line(text: str, word: str) -> int:
    found = text.find(f'"{word}"') if word else -1
    return text.count("\n", 0, found) + 1 if found >= 0 else 0


# ── The security group


def groups(site: Site) -> Iterator[Subject]:
    """Each security group, with every flow that leads to its host."""
    for place, path in _named(site, _GROUP):
        yield Subject(place, (path,), tuple(f"{port} {peer}" for port, peer in sorted(flows(site, place))))


def flows(site: Site, place: Place) -> set[Flow]:
    """Who connects to a worker: the hosts whose outputs say so, and the operators."""
    runtime = site.runtime
    ports = [thing for thing in site.scopes[place].offers if thing.kind == "service"]
    found = {
        (int(thing.name), f"{runtime.name}-{peer.name}")
        for peer, scope in site.scopes.items()
        if isinstance(peer, Host) and peer != place
        for _, need in scope.all_needs()
        for thing in ports
        # A worker that asks the engine on its own host asks nobody else's.
        if need.thing == thing and thing not in scope.offers
    }
    operators = runtime.aws.operators if runtime.aws else ()
    return found | {(_SSH, str(network)) for network in operators}


def matches(site: Site, subject: Subject) -> Iterator[Found]:
    """Flows that the group lets nobody through for, and doors that nobody goes through."""
    (path,) = subject.paths
    text = site.text(subject.place, path)
    wanted, opened = flows(site, subject.place), set[Flow]()
    for number, rule in enumerate(json.loads(text)["SecurityGroupIngress"]):
        peer = str(rule.get("SourceSecurityGroupName") or rule.get("CidrIp") or rule.get("CidrIpv6"))
        for port in range(int(rule["FromPort"]), int(rule["ToPort"]) + 1):
            opened.add((port, peer))
            if (port, peer) not in wanted:
                line = _rule(text, number)
                yield Found(
                    path, line, f"port {port} is open to {peer}, and nothing there uses it", str(port)
                )
                break
    for port, peer in sorted(wanted - opened):
        yield Found(
            path, 0, f"{peer} connects to port {port}, which the group does not open to it", str(port)
        )


def _rule(text: str, number: int) -> int:
    """The line of the port in a rule, by its number."""
    before = text[: text.index('"SecurityGroupIngress"')]
    rest = text[len(before) :].split('"FromPort"')
    return (before + '"FromPort"'.join(rest[: number + 1])).count("\n") + 1


CHECKS: tuple[Check, ...] = (
    Check("iam", "DN442", ("parliament",), policies, parliament),
    Check("security-group", "DN445", (), groups, matches),
)
