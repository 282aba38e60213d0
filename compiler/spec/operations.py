"""Route-sync, watchdog and rehydration: what keeps the runtime alive."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Node, VerifyOnly, doc_only
from compiler.spec.scalars import (
    FileName,
    Identifier,
    Location,
    Network,
    OldName,
    PublicKey,
    Region,
    RelativePath,
    SecretRef,
    Variable,
)
from compiler.spec.units import Count, Duration, DurationOrNone, Exposure, Factor, Port, Size
from compiler.spec.waits import Patience


class Cutover(Node):
    """Where the migration stands; decides the port of every route (truth book, sections 1 and 7)."""

    phase: Literal["before", "live"]
    """`live`: routes lead to the serving port, and the port before is refused everywhere."""
    port_before: Port
    """Where routes led before; once live, it is refused."""


class Aws(Node):
    """The account's facts that policies and discovery need."""

    region: Region
    """Where instances, parameters and buckets are looked up."""
    operators: tuple[Network, ...]
    """Networks from which operators reach the hosts by ssh; the security groups let nobody else in."""
    account: Annotated[str, Field(pattern=r"^[0-9]{12}$", examples=["123456789012"])] | None = None
    """The account's number; policies name any account while it is unknown."""


class RouteSync(Node):
    """Keeps the ingress pointed at the worker's current private address (truth book, section 7)."""

    unit: Identifier
    """The unit's name after the prefix."""
    program: FileName
    """The program's file name."""
    wrapper: FileName
    """The operators' entry, below /usr/local/bin; always runs in its own Python environment."""
    installer: FileName
    """The command that installs route-sync, below /usr/local/sbin."""
    port_variable: Variable
    """The variable of the environment file that operators know."""
    lock: RelativePath
    """The hash-locked requirements of the environment for programs that talk to AWS."""
    interval: Patience
    """Pause between two runs."""
    boot_delay: DurationOrNone
    """Pause between boot and the first run."""
    accuracy: Duration
    """How late the timer may be."""
    run_timeout: Duration
    """After this a run is ended."""
    gate_timeout: Patience
    """For all questions to one candidate."""
    confirm_timeout: Patience
    """For the public route to show the new worker."""
    public_key: PublicKey | None
    """The control plane's public key; null until it exists, and then nobody may publish."""
    exposure: Annotated[Exposure, VerifyOnly()] = 1.5
    """The highest score that `systemd-analyze security` may give the unit: 0 is locked up, 10 is open."""


class Watchdog(Node):
    """Handles what systemd's Restart= cannot see (truth book, section 8)."""

    unit: Identifier
    """The unit's name after the prefix."""
    installer: FileName
    """The command that installs the watchdog, below /usr/local/sbin."""
    interval: Patience
    """Pause between two ticks."""
    boot_delay: DurationOrNone
    """Pause between boot and the first tick."""
    accuracy: Duration
    """How late the timer may be."""
    run_timeout: Duration
    """After this a tick is ended."""
    load_grace: Duration
    """A start younger than this is loading, not failing."""
    failures_before_restart: Count
    """So many failed probes in a row before the engine is restarted."""
    restarts_per_hour: Count
    """systemd's own restarts count."""
    latch_after_restarts: Count
    """So many restarts with no healthy probe between: a person is needed."""
    backoff_initial: Duration
    """Pause after the first restart; doubled after each one more."""
    backoff_limit: Duration
    """The longest such pause."""
    probe_timeout: Patience
    """For one question that a healthy server answers at once."""
    deep_probe_timeout: Patience
    """For one short completion."""
    deep_probe_interval: Patience
    """Pause between two completions."""
    exposure: Annotated[Exposure, VerifyOnly()] = 3.5
    """The highest score that `systemd-analyze security` may give the unit: 0 is locked up, 10 is open."""


class Rehydration(Node):
    """Brings a lost model back from its canonical source (truth book, sections 8 and 9)."""

    unit: Identifier
    """The unit's name after the prefix."""
    program: FileName
    """The program's file name."""
    source: Location
    """S3 prefix, HTTPS address or directory; below it, a directory a model."""
    free_space_factor: Factor
    """Free space that a download needs, in sizes of the model."""
    parallel: Annotated[int, Field(ge=1, le=64, examples=[8])]
    """Files and parts that are fetched at once."""
    attempts: Annotated[int, Field(ge=1, le=100, examples=[5])]
    """How often a part is tried."""
    timeout: Patience
    """A part that brings nothing for so long is tried again."""
    run_timeout: Duration
    """After this a run is ended; the next goes on where it stopped."""
    bandwidth: Size | None = None
    """At most so much a second; null for no limit."""
    exposure: Annotated[Exposure, VerifyOnly()] = 3.0
    """The highest score that `systemd-analyze security` may give the unit: 0 is locked up, 10 is open."""


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
    replaced_files: Annotated[tuple[RelativePath, ...], doc_only()] = ()
    """Files of the services' repository that compiled ones replace."""
    model_ids: tuple[OldName, ...]
    """Model ids that must not be used any more."""
