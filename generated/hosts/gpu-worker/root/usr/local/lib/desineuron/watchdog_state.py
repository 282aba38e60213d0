"""The watchdog's words: what it sees, what it remembers, what bounds it, and what it can conclude.

They stand apart because the decision, the look at the host and the report share them and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Dict, Literal, NamedTuple, Optional, Tuple


class State(IntEnum):
    """What a tick concludes; the number is the exit code."""

    HEALTHY = 0
    LOADING = 10  # starting, within the load grace
    BUSY = 11  # working on requests, and tokens move: nothing is probed
    SUSPECT = 12  # a failure that a restart may cure, not yet often enough in a row
    MAINTENANCE = 13  # somebody holds the lease: looked at, not touched
    RESTARTING = 14  # a restart or a start was asked for in this tick
    BACKING_OFF = 15  # a restart is due, and the budget or the pause says: not yet
    LATCHED = 16  # restarts did not help: a person has to
    CRASH_LOOP = 17  # systemd restarts it over and over
    NO_MOUNT = 20
    REHYDRATING = 21
    MODEL_MISSING = 22  # and not to be had now
    DEPENDENCY_MISSING = 23
    GPU_MISSING = 24  # the hardware or its driver, not the engine
    WRONG_MODEL = 25
    STOPPED = 26  # the unit is disabled, masked or absent: somebody wants it so
    WRONG_TOKEN = 27
    BLIND = 28  # systemd does not answer
    POWERLESS = 29  # systemd refused what the watchdog asked for

    @property
    def label(self) -> str:
        """The name in reports."""
        return self.name.lower()


class Action(Enum):
    """What a tick does."""

    NONE = "none"
    START = "start"
    RESTART = "restart"
    REHYDRATE = "rehydrate"


class Verdict(NamedTuple):
    """The end of a tick: state and action, and the reason for a person."""

    state: State
    action: Action
    reason: str


@dataclass(frozen=True)
class Policy:
    """The part of watchdog.json that bounds the watchdog; durations are seconds."""

    load_grace_seconds: float
    failures_before_restart: int
    restarts_per_hour: int
    latch_after_restarts: int
    backoff_initial_seconds: float
    backoff_limit_seconds: float
    probe_timeout_seconds: float
    deep_probe_timeout_seconds: float
    deep_probe_interval_seconds: float

    def __post_init__(self) -> None:
        for name in ("failures_before_restart", "restarts_per_hour", "latch_after_restarts"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: must be at least 1")
        for name in ("load_grace", "backoff_initial", "probe_timeout", "deep_probe_timeout"):
            if not getattr(self, f"{name}_seconds") > 0:
                raise ValueError(f"{name}_seconds: must be more than 0")
        if self.deep_probe_interval_seconds < 0:
            raise ValueError("deep_probe_interval_seconds: must not be negative")
        if self.backoff_limit_seconds < self.backoff_initial_seconds:
            raise ValueError("backoff_limit_seconds: must not be below backoff_initial_seconds")


@dataclass(frozen=True)
class Answer:
    """Something was asked: is it well, and what was said."""

    ok: bool
    detail: str = ""


@dataclass(frozen=True)
class Lease:
    """The maintenance lease: who holds it, and until when (seconds since the epoch)."""

    holder: str
    until: float


@dataclass(frozen=True)
class Model:
    """The model on its volume. `restorable`: a rehydration could verify what it fetches."""

    status: Literal["complete", "unverified", "incomplete"]
    detail: str
    restorable: bool
    rehydrating: bool


@dataclass(frozen=True)
class Unit:
    """What systemd says of the engine."""

    load: str
    file: str
    active: str
    sub: str
    invocation: str
    active_seconds: float
    automatic_restarts: int
    control_group: str


@dataclass(frozen=True)
class Listed:
    """What /v1/models says, with what it should say; lengths are tokens."""

    wanted: str
    wanted_length: int
    found: Dict[str, Optional[int]]
    fault: Optional[str] = None
    refused: bool = False


@dataclass(frozen=True)
class Gpus:
    """GPUs wanted, present, and held by processes of the unit. `fault`: the driver does not tell."""

    wanted: int
    present: int
    held: int
    fault: Optional[str] = None


@dataclass(frozen=True)
class Work:
    """The engine's metrics: requests running or waiting, and a sum that changes whenever a token does."""

    requests: int
    progress: float


@dataclass(frozen=True)
class Facts:
    """All that one tick saw. None: not asked, since an earlier answer decides."""

    now: float
    lease: Optional[Lease]
    mount: Answer
    model: Model
    dependencies: Answer
    unit: Optional[Unit]
    unit_fault: str = ""
    health: Optional[Answer] = None
    listed: Optional[Listed] = None
    gpus: Optional[Gpus] = None
    work: Optional[Work] = None
    probe: Optional[Answer] = None
    work_after_probe: Optional[Work] = None


@dataclass(frozen=True)
class Memory:
    """What the next tick has to know; times are seconds since the epoch."""

    version: Literal[1] = 1
    failures: int = 0
    restarts: Tuple[float, ...] = ()  # of the last hour, systemd's own too
    attempts: int = 0  # of the watchdog since the last healthy pass
    attempted_at: float = 0.0
    automatic_restarts: Optional[int] = None  # systemd's NRestarts when last seen
    healthy_invocation: str = ""
    probed_at: float = 0.0
    progress: float = 0.0
    progress_at: float = 0.0
    rehydrations: int = 0
    rehydrated_at: float = 0.0
