#!/usr/bin/env python3
"""Checks what the engine would only find out after minutes of loading, then becomes the engine.

The engine binds its port last, after the model load, and lingers for two minutes when it cannot; so the port
is tried first. Its key goes in by a file (systemd's LoadCredential=), since any user can read arguments.

Exit codes: the engine's own, once it runs; 75 the port is busy or the address is not here: systemd tries
again; 78 the configuration is wrong: RestartPreventExitStatus=78 keeps systemd from trying again.
"""

from __future__ import annotations

import argparse
import errno
import ipaddress
import os
import socket
import sys
from dataclasses import dataclass
from typing import List, Mapping, Optional, Sequence, Tuple

from hostkit import config, files, talk

TRY_AGAIN, CONFIGURATION = 75, 78
OURS = ("--host", "--port", "--config")


@dataclass(frozen=True)
class Settings:
    """launch.json."""

    python: str
    module: str
    address_file: str
    address_variable: str
    port: int
    model_directory: str
    arguments: Tuple[str, ...]
    auth_credential: Optional[str]

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise ValueError(f"port: {self.port} is no port")
        given = [word.partition("=")[0] for word in self.arguments]
        doubled = [flag for flag in OURS if flag in given]
        if doubled:
            raise ValueError(f"arguments: {doubled[0]} is added by this program and must not stand there")
        if any("\0" in word for word in self.arguments):
            raise ValueError("arguments: no word can hold a NUL")
        name = self.auth_credential
        if name is not None and ("/" in name or not name.endswith(".yaml")):
            raise ValueError(
                "auth_credential: must be a file name that ends in .yaml, which the engine demands"
            )


class NotReady(Exception):
    """The engine must not be started; `code` is the exit code."""

    def __init__(self, message: str, code: int = CONFIGURATION) -> None:
        super().__init__(message)
        self.code = code


def command(settings: Settings, environment: Mapping[str, str]) -> List[str]:
    """The engine's argv, after every check.

    Raises:
        NotReady: it would fail.
    """
    address = _address(settings)
    if not os.access(settings.python, os.X_OK):
        raise NotReady(f"{settings.python} cannot be run: has the installer built the environment?")
    if not os.path.isdir(settings.model_directory):
        raise NotReady(
            f"the model directory {settings.model_directory} is not there: is the volume mounted, and "
            "was the model rehydrated? The watchdog does so, and starts this unit afterwards"
        )
    words = [settings.python, "-m", settings.module, *settings.arguments]
    words += ["--host", address, "--port", str(settings.port)]
    if settings.auth_credential is not None:  # two words: the engine ignores --config=FILE silently
        words += ["--config", _credential(settings.auth_credential, environment)]
    _free(address, settings.port)
    return words


def _address(settings: Settings) -> str:
    text = files.read_env_file(settings.address_file).get(settings.address_variable)
    if text is None:
        raise NotReady(f"{settings.address_file} does not set {settings.address_variable}; discover.py does")
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError:
        raise NotReady(f"{settings.address_file}: {settings.address_variable} is no IPv4 address") from None
    if address.is_unspecified:
        raise NotReady(
            f"{settings.address_file}: {address} is a wildcard, which collides with the engine's own listener"
        )
    return str(address)


def _credential(name: str, environment: Mapping[str, str]) -> str:
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise NotReady("CREDENTIALS_DIRECTORY is not set: start this by its unit, which has LoadCredential=")
    path = os.path.join(folder, name)
    if not os.access(path, os.R_OK) or not os.path.getsize(path):
        raise NotReady(
            f"the credential {name} is missing or empty: the unit's LoadCredential= should name it"
        )
    return path


def _free(address: str, port: int) -> None:
    """Bind as the engine will, and let go."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen(1)
        except OSError as fault:
            raise _unbound(fault, f"{address}:{port}") from None


def _unbound(fault: OSError, where: str) -> NotReady:
    if fault.errno == errno.EADDRINUSE:
        return NotReady(f"{where} is in use: find the other listener with `ss -ltnp`", TRY_AGAIN)
    if fault.errno == errno.EADDRNOTAVAIL:
        return NotReady(
            f"{where}: this host has no such address now; the next start discovers it anew", TRY_AGAIN
        )
    return NotReady(f"{where} cannot be bound: {fault.strerror}")


def main(argv: Sequence[str]) -> int:
    """Check, then become the engine."""
    options = _options(argv)
    try:
        settings = config.load(Settings, options.config)
        words = command(settings, os.environ)
    except (config.ConfigError, NotReady) as fault:
        talk.error(f"the engine is not started: {fault}")
        return fault.code if isinstance(fault, NotReady) else CONFIGURATION
    if options.dry_run:
        talk.emit({"command": words}, options.json)
        return 0
    return _become(words)


def _become(words: List[str]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execv(words[0], words)  # noqa: S606 - this process becomes the engine, which systemd watches
    except OSError as fault:
        talk.error(f"the engine is not started: {words[0]}: {fault.strerror}")
    return CONFIGURATION


def _options(argv: Sequence[str]) -> argparse.Namespace:
    parser = talk.parser(__doc__, "Check the host, then become the engine.")
    parser.add_argument("--config", required=True, metavar="FILE", help="launch.json")
    parser.add_argument(
        "--dry-run", action="store_true", help="check and print the command, but do not start it"
    )
    parser.add_argument("--json", action="store_true", help="print the command as JSON")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
