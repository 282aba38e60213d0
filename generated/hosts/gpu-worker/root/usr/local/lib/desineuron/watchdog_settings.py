"""watchdog.json and the lease file, as their strict loader sees them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Optional, Tuple

from hostkit import config
from watchdog_state import Policy


@dataclass(frozen=True)
class GpuSettings:
    """What the hardware should have; `name` is a part of the driver's name for it."""

    count: int
    name: str
    memory_bytes: int


@dataclass(frozen=True)
class Dependencies:
    """What the engine's run-time builds need; `path` is the unit's PATH."""

    python: str
    modules: Tuple[str, ...]
    commands: Tuple[str, ...]
    path: str


@dataclass(frozen=True)
class Settings:
    """watchdog.json."""

    unit: str
    rehydrate_unit: str
    mount: str
    model_description: str
    address_file: str
    address_variable: str
    port: int
    model_id: str
    context_length: int
    gpus: GpuSettings
    dependencies: Dependencies
    policy: Policy
    token_credential: Optional[str]
    maintenance_lease: str
    memory: str
    report: str
    metrics: str

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535:
            raise ValueError(f"port: {self.port} is no port")
        if self.context_length < 1 or self.gpus.count < 1:
            raise ValueError("context_length and gpus.count: must be at least 1")
        if self.token_credential is not None and "/" in self.token_credential:
            raise ValueError("token_credential: must be the name of a file below $CREDENTIALS_DIRECTORY")
        for unit in (self.unit, self.rehydrate_unit):
            if not unit.endswith(".service") or unit.startswith("-"):
                raise ValueError(f"{unit!r} is no name of a service unit")


def token(name: Optional[str]) -> Optional[str]:
    """The token that the engine demands.

    Raises:
        ConfigError: it should be there and is not.
    """
    if name is None:
        return None
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise config.ConfigError(
            "CREDENTIALS_DIRECTORY is not set: run this by its unit, which has LoadCredential="
        )
    path = os.path.join(folder, name)
    try:
        with open(path, encoding="ascii") as stream:
            text = stream.read().strip()
    except (OSError, UnicodeDecodeError):
        raise config.ConfigError(f"{path}: cannot be read, or is no ASCII text") from None
    if not text:
        raise config.ConfigError(f"{path}: is empty; run the installer, which fetches the secret")
    return text
