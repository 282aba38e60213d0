"""What one installer is told: install-<what>.json, generated from the specification."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Dict, Literal, Optional, Tuple

PROGRAMS = ("nginx", "python", "systemd")
REFERENCE = re.compile(r"ssm:/[A-Za-z0-9_./-]+|file:/[A-Za-z0-9_./+@=:-]+")


@dataclass(frozen=True)
class Release:
    id: str
    version: str


@dataclass(frozen=True)
class Environment:
    """A Python environment and the hash-locked list of what is in it."""

    path: str
    python: str
    lock: str

    def __post_init__(self) -> None:
        if not os.path.isabs(self.path) or os.path.normpath(self.path) != self.path:
            raise ValueError(f"path: {self.path!r} is not an absolute path in its shortest form")
        if not re.fullmatch(r"3\.\d{1,2}", self.python):
            raise ValueError(f"python: {self.python!r} is not a version such as 3.11")


@dataclass(frozen=True)
class Secret:
    """A secret file; `values` says where each value comes from."""

    file: str
    owner: str
    group: str
    mode: str
    format: Literal["raw", "yaml"]
    values: Dict[str, str]

    def __post_init__(self) -> None:
        if not re.fullmatch("0[0-7]{2}0", self.mode):
            raise ValueError(
                f"mode: {self.mode!r} must be four octal digits that give others nothing, as in 0600"
            )
        if self.format == "raw" and len(self.values) != 1:
            raise ValueError("values: a raw secret has exactly one")
        if not self.values:
            raise ValueError("values: there is none")
        for key, reference in self.values.items():
            if not re.fullmatch("[A-Za-z0-9_-]+", key):
                raise ValueError(f"values: {key!r} is no key of letters, digits, `-` and `_`")
            if not REFERENCE.fullmatch(reference):
                raise ValueError(f"values.{key}: not a reference of the form ssm:/path or file:/path")


@dataclass(frozen=True)
class Settings:
    """install-<what>.json."""

    title: str
    os: Release
    at_least: Dict[str, str]
    packages: Tuple[str, ...]
    sysusers: Tuple[str, ...]
    tmpfiles: Tuple[str, ...]
    environments: Tuple[Environment, ...]
    secrets: Tuple[Secret, ...]
    secret_region: Optional[str]
    secret_python: Optional[str]
    secret_program: Optional[str]
    enable: Tuple[str, ...]

    def __post_init__(self) -> None:
        remote = any(value.startswith("ssm:") for one in self.secrets for value in one.values.values())
        if remote and None in (self.secret_python, self.secret_program):
            raise ValueError(
                "secret_python, secret_program: secrets come from ssm:, so a Python that has boto3 must be"
                " named, and the program that asks with it"
            )
        for program, version in self.at_least.items():
            if program not in PROGRAMS or not re.fullmatch(r"\d+(?:\.\d+)*", version):
                known = ", ".join(PROGRAMS)
                raise ValueError(f"at_least.{program}: of {known} a version is wanted, such as 1.22.1")
