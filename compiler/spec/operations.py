"""Route-sync, watchdog and rehydration: what keeps the runtime alive."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Node
from compiler.spec.scalars import (
    FileName,
    Identifier,
    Location,
    PublicKey,
    Region,
    RelativePath,
    SecretRef,
    Variable,
)
from compiler.spec.units import Count, Duration, Factor, Port, Size


class Cutover(Node):
    """Where the migration stands; decides the port of every route (truth book, sections 1 and 7)."""

    phase: Literal["before", "live"]
    """`live`: routes lead to the serving port, and the port before is refused everywhere."""
    port_before: Port


class Aws(Node):
    """The account's facts that policies and discovery need."""

    region: Region
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["123456789012"])] | None = None
    """The account's number; policies name any account while it is unknown."""


class RouteSync(Node):
    """Keeps the ingress pointed at the worker's current private address (truth book, section 7)."""

    unit: Identifier
    program: FileName
    wrapper: FileName
    """The operators' entry, below /usr/local/bin; always runs in its own Python environment."""
    installer: FileName
    port_variable: Variable
    lock: RelativePath
    """The hash-locked requirements of the environment for programs that talk to AWS."""
    interval: Duration
    boot_delay: Duration
    accuracy: Duration
    run_timeout: Duration
    gate_timeout: Duration
    """For all questions to one candidate."""
    confirm_timeout: Duration
    """For the public route to show the new worker."""
    public_key: PublicKey | None
    """The control plane's public key; null until it exists, and then nobody may publish."""


class Watchdog(Node):
    """Handles what systemd's Restart= cannot see (truth book, section 8)."""

    unit: Identifier
    installer: FileName
    interval: Duration
    boot_delay: Duration
    accuracy: Duration
    run_timeout: Duration
    load_grace: Duration
    """A start younger than this is loading, not failing."""
    failures_before_restart: Count
    restarts_per_hour: Count
    """systemd's own restarts count."""
    latch_after_restarts: Count
    """So many restarts with no healthy probe between: a person is needed."""
    backoff_initial: Duration
    backoff_limit: Duration
    probe_timeout: Duration
    deep_probe_timeout: Duration
    deep_probe_interval: Duration


class Rehydration(Node):
    """Brings a lost model back from its canonical source (truth book, sections 8 and 9)."""

    unit: Identifier
    program: FileName
    source: Location
    """S3 prefix, HTTPS address or directory; below it, a directory a model."""
    free_space_factor: Factor
    parallel: Annotated[int, Field(ge=1, le=64)]
    attempts: Annotated[int, Field(ge=1, le=100)]
    timeout: Duration
    run_timeout: Duration
    bandwidth: Size | None = None
    """At most so much a second; null for no limit."""


class Secrets(Node):
    """Where secrets are kept. The spec, the outputs and the logs hold references only."""

    api_key: SecretRef
    """What clients send as their bearer token."""
    admin_api_key: SecretRef
    """Guards the engine's administrative endpoints."""
    route_sync_ssh_key: SecretRef
    """The control plane's private key for publishing routes."""


class Legacy(Node):
    """Names of the time before the cutover."""

    providers: tuple[Identifier, ...]
    """Provider names that callers still use; mapped to the engine."""
    model_ids: tuple[str, ...]
    """Model ids that must not be used any more."""
