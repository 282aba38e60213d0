"""Makes every ingress send a route to the same workers, or leaves all of them as they were.

It exists because two ingresses that disagree are worse than two that are late: all are read before any is
changed, and when one refuses, those that had changed go back. What an ingress accepts is decided there
(apply_route.py); this side only speaks the protocol, over ssh to a forced command.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from dataclasses import dataclass
from typing import Any, Dict, List, Protocol, Sequence, Tuple

from route_settings import Exit, Fault, Ingress

VERSION = 1
CONNECT_SECONDS = 10
ASK_SECONDS = 75  # connecting, and the minute that submit_route.py gives the applier
ANSWER_BYTES = 65536
WORDS = 400
ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")


class NotApplied(Exception):
    """An ingress did not answer, or answered that it refuses; the text says which and why."""


@dataclass(frozen=True)
class Standing:
    """Where a route goes at an ingress; no servers and port 0 where nothing was published yet."""

    servers: Tuple[str, ...]
    port: int
    generation: int

    def same_place(self, other: Standing) -> bool:
        return (self.servers, self.port) == (other.servers, other.port)

    def __str__(self) -> str:
        return ", ".join(f"{server}:{self.port}" for server in self.servers) or "nowhere"


class Transport(Protocol):
    """How a request gets to an ingress, and its answer back."""

    def ask(self, ingress: Ingress, request: bytes) -> bytes:
        """The answer line to a request line.

        Raises:
            NotApplied: there is none.
        """


class Ssh:
    """ssh(1) with a key of its own, and nothing of anybody's ssh configuration.

    Args:
        key: the private key's file.
        learned_hosts: where the host keys of ingresses without a known_hosts file are kept once seen.
    """

    def __init__(self, key: str, learned_hosts: str) -> None:
        self._key = key
        self._learned_hosts = learned_hosts

    def ask(self, ingress: Ingress, request: bytes) -> bytes:
        try:
            done = subprocess.run(
                self.argv(ingress), input=request, capture_output=True, timeout=ASK_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise NotApplied(f"{ingress.name}: no answer over ssh within {ASK_SECONDS} s") from None
        except OSError as fault:
            raise NotApplied(f"{ingress.name}: ssh did not start: {fault.strerror or fault}") from None
        if not done.stdout:
            words = " ".join(done.stderr.decode("utf-8", "replace").split())[-WORDS:]
            told = f"{ingress.name}: ssh to {ingress.address} exits {done.returncode}"
            raise NotApplied(f"{told}: {words or 'it says nothing'}")
        return done.stdout

    def argv(self, ingress: Ingress) -> List[str]:
        """The command: a forced command at the other end needs no words of ours (sshd(8))."""
        checking = "yes" if ingress.known_hosts else "accept-new"
        options = {
            "BatchMode": "yes",
            "ConnectTimeout": str(CONNECT_SECONDS),
            "ServerAliveInterval": "5",
            "ServerAliveCountMax": "3",
            "IdentitiesOnly": "yes",
            "StrictHostKeyChecking": checking,
            "UserKnownHostsFile": ingress.known_hosts or self._learned_hosts,
            "LogLevel": "ERROR",
        }
        words = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        return [
            "ssh",
            "-F",
            "none",
            "-T",
            *words,
            "-i",
            self._key,
            "-p",
            str(ingress.ssh_port),
            "-l",
            ingress.user,
            ingress.address,
        ]


class Fleet:
    """The ingresses, as one thing that is changed or is not."""

    def __init__(self, ingresses: Sequence[Ingress], transport: Transport) -> None:
        self._ingresses = ingresses
        self._transport = transport

    def read(self, serving: str) -> Dict[str, Standing]:
        """Where each ingress sends the route now, by the ingress's name.

        Raises:
            Fault: not every ingress answers; nothing is changed.
        """
        found: Dict[str, Standing] = {}
        silent: List[str] = []
        for ingress in self._ingresses:
            try:
                found[ingress.name] = self._ask(ingress, _reading(serving))
            except NotApplied as fault:
                silent.append(str(fault))
        if silent:
            raise Fault(
                Exit.PUBLICATION,
                f"nothing is published, for all ingresses change or none: {'; '.join(silent)}",
            )
        return found

    def publish(self, serving: str, wanted: Standing, before: Dict[str, Standing]) -> None:
        """Change those ingresses that send the route elsewhere.

        Args:
            serving: the route.
            wanted: where to, with a generation above all that were read.
            before: what read() said.

        Raises:
            Fault: one refused or fell silent, and the message says where the others were left.
        """
        touched: List[Ingress] = []
        for ingress in self._ingresses:
            if before[ingress.name].same_place(wanted):
                continue
            touched.append(ingress)
            try:
                self._put(ingress, serving, wanted)
            except NotApplied as fault:
                raise self._undone(touched, serving, wanted, before, str(fault)) from None

    def restore(self, serving: str, wanted: Standing, before: Dict[str, Standing]) -> List[str]:
        """Take `wanted` back everywhere; what is left to do by hand."""
        return [
            problem
            for ingress in self._ingresses
            if (problem := self._put_back(ingress, serving, before[ingress.name], wanted.generation + 1))
        ]

    def _undone(
        self,
        touched: Sequence[Ingress],
        serving: str,
        wanted: Standing,
        before: Dict[str, Standing],
        why: str,
    ) -> Fault:
        left = Fleet(touched, self._transport).restore(serving, wanted, before)
        if left:
            return Fault(Exit.SPLIT, f"{why}; the ingresses may disagree now: {'; '.join(left)}")
        return Fault(Exit.PUBLICATION, f"{why}; every ingress has its old route")

    def _put_back(self, ingress: Ingress, serving: str, old: Standing, generation: int) -> str:
        """What is left to do by hand at one ingress; one that fell silent may have changed all the same."""
        try:
            if self._ask(ingress, _reading(serving)).same_place(old):
                return ""
            if not old.servers:
                return f"{ingress.name} had no route before and keeps the new one"
            self._put(ingress, serving, Standing(old.servers, old.port, generation))
        except NotApplied as fault:
            return f"its old route ({old}) is not confirmed: {fault}"
        return ""

    def _put(self, ingress: Ingress, serving: str, wanted: Standing) -> None:
        request = {
            "version": VERSION,
            "serving": serving,
            "servers": list(wanted.servers),
            "port": wanted.port,
            "generation": wanted.generation,
        }
        standing = self._ask(ingress, request)
        if standing != wanted:
            raise NotApplied(
                f"{ingress.name}: it answers {standing} of generation {standing.generation} to {wanted}"
            )

    def _ask(self, ingress: Ingress, request: Dict[str, Any]) -> Standing:
        answer = self._transport.ask(ingress, json.dumps(request).encode() + b"\n")
        return _standing(ingress, answer)


def learned_hosts(state: str) -> str:
    """Beside the state, the one place that this program may write: a service's user has no home."""
    return os.path.join(os.path.dirname(state), "known_hosts")


def _reading(serving: str) -> Dict[str, Any]:
    return {"version": VERSION, "serving": serving, "read": True}


def _standing(ingress: Ingress, answer: bytes) -> Standing:
    """The applier's answer; it comes from another host, so it is believed only in its exact shape."""
    try:
        found = json.loads(answer[:ANSWER_BYTES].decode("utf-8"))
        if found["ok"] is not True:
            raise NotApplied(f"{ingress.name} refuses: {_printable(found['error'])}")
        servers, port, generation = found["servers"], found["port"], found["generation"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NotApplied(f"{ingress.name}: its answer is not the applier's: {answer[:80]!a}") from None
    if not _are_addresses(servers) or not _is_count(port) or not _is_count(generation):
        raise NotApplied(f"{ingress.name}: its answer is not the applier's: {answer[:80]!a}")
    return Standing(tuple(servers), port, generation)


def _printable(text: object) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in str(text))[:WORDS]


def _are_addresses(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and ADDRESS.fullmatch(one) for one in value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
