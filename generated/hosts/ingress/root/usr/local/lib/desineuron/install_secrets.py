"""Secret files, filled from the store that the specification names.

It exists so that a secret goes from its store to its file and nowhere else: it comes through a pipe, is
never a word of a command, and no message holds it. A secret that cannot be had leaves the file as it is.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import List, Optional

from hostkit import files
from install_config import Secret
from install_host import Step, StepError, System
from install_steps import group_id, user_id


class SecretFile(Step):
    """One secret file."""

    def __init__(
        self,
        system: System,
        wanted: Secret,
        region: Optional[str],
        python: Optional[str],
        program: Optional[str],
    ) -> None:
        self._system = system
        self._wanted = wanted
        self._region = region
        self._python = python
        self._program = program
        self._wanted_bytes: Optional[bytes] = None

    def describe(self) -> str:
        return f"secret {self._wanted.file}"

    def differs(self) -> List[str]:
        if self._is_early():
            return [f"{self._wanted.file} waits for {self._python}, which an earlier step builds"]
        path = Path(self._wanted.file)
        try:
            if path.read_bytes() != self._content():
                return [f"{path} holds another value than its store"]
            return self._access_faults(os.stat(path))
        except FileNotFoundError:
            self._content()
            return [f"{path} is missing"]
        except OSError as fault:
            raise StepError(f"{path} cannot be read: {fault.strerror}") from None

    def apply(self) -> None:
        user, group = user_id(self._wanted.owner), group_id(self._wanted.group)
        if user is None or group is None:
            raise StepError(
                f"{self._wanted.file}: there is no {self._wanted.owner}:{self._wanted.group} on this host"
            )
        if not os.path.isdir(os.path.dirname(self._wanted.file)):
            raise StepError(
                f"{self._wanted.file}: its directory is missing; a tmpfiles.d file should make it"
            )
        try:
            files.write_atomic(self._wanted.file, self._content(), int(self._wanted.mode, 8))
            os.chown(self._wanted.file, user, group)
        except OSError as fault:
            raise StepError(f"{self._wanted.file} cannot be written: {fault.strerror}") from None

    def _is_early(self) -> bool:
        remote = any(reference.startswith("ssm:") for reference in self._wanted.values.values())
        return remote and self._python is not None and not os.access(self._python, os.X_OK)

    def _access_faults(self, found: os.stat_result) -> List[str]:
        mode = stat.S_IMODE(found.st_mode)
        if mode != int(self._wanted.mode, 8):
            return [f"{self._wanted.file} has mode {mode:04o}"]
        if (found.st_uid, found.st_gid) != (user_id(self._wanted.owner), group_id(self._wanted.group)):
            return [f"{self._wanted.file} does not belong to {self._wanted.owner}:{self._wanted.group}"]
        return []

    def _content(self) -> bytes:
        """What the file should hold; its stores are asked once a run."""
        if self._wanted_bytes is None:
            self._wanted_bytes = self._collect()
        return self._wanted_bytes

    def _collect(self) -> bytes:
        """The values together; every one that cannot be had is named."""
        values, lacks = {}, []
        for key, reference in sorted(self._wanted.values.items()):
            try:
                values[key] = self._value(reference)
            except StepError as fault:
                lacks.append(f"{key} cannot be had from {reference}: {fault}")
        if lacks:
            raise StepError(f"{self._wanted.file}: " + "; ".join(lacks))
        if self._wanted.format == "raw":
            return f"{values.popitem()[1]}\n".encode()
        return "".join(f"{key}: {json.dumps(value)}\n" for key, value in values.items()).encode()

    def _value(self, reference: str) -> str:
        store, path = reference.split(":", 1)
        value = (_from_file(path) if store == "file" else self._from_ssm(path)).rstrip("\r\n")
        if not value.strip():
            raise StepError("the value is empty")
        if self._wanted.format == "yaml" and not (value.isascii() and value.isprintable()):
            raise StepError("the value holds something else than printable ASCII, so it is no key or token")
        return value

    def _from_ssm(self, path: str) -> str:
        if self._program is None or self._python is None or not os.access(self._python, os.X_OK):
            raise StepError(f"{self._python} is not there; an environment with boto3 must be installed first")
        region = ("--region", self._region) if self._region else ()
        done = self._system.ask(self._python, self._program, *region, path, seconds=120.0)
        if done.code:
            raise StepError(done.reason)
        return done.out


class NoSecretFile(Step):
    """A secret file that is gone."""

    def __init__(self, wanted: Secret) -> None:
        self._path = Path(wanted.file)

    def describe(self) -> str:
        return f"no secret {self._path}"

    def differs(self) -> List[str]:
        return [f"{self._path} is there"] if os.path.lexists(self._path) else []

    def apply(self) -> None:
        self._path.unlink()


def _from_file(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as fault:
        raise StepError(f"{fault.strerror}; put the secret there, readable by root alone") from None
    except UnicodeDecodeError:
        raise StepError("the file holds no text") from None
