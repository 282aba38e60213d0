"""The engine, and the profiles in which it serves models on workers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Node, Refers, RuleOnly, VerifyOnly, doc_only
from compiler.spec.scalars import (
    Address,
    ArgumentName,
    Command,
    FileName,
    Identifier,
    KernelPath,
    PackageName,
    RelativePath,
    TagText,
    Version,
)
from compiler.spec.units import Count, Duration, DurationOrNone, Exposure, Fraction, Port
from compiler.spec.waits import Seconds

Argument = (
    Annotated[str, Field(examples=["auto"])]
    | Annotated[int, Field(examples=[4096])]
    | Annotated[float, Field(examples=[0.5])]
    | bool
)
Parser = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", examples=["mistral"])]
Backend = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,40}$", examples=["flashinfer"])]
"""Which there are, the table of the pinned release says."""


class Engine(Node):
    """The one serving runtime (truth book, section 14)."""

    name: Literal["sglang"]
    """The engine."""
    version: Version
    """The pinned release; its argument table decides which flags exist."""
    unit: Annotated[Identifier, Field(max_length=10)]
    """The unit's name after the prefix; both make the user's name, which Linux holds to 31 characters."""
    installer: FileName
    """The command that installs the engine, below /usr/local/sbin."""
    lock: RelativePath
    """The hash-locked requirements of the engine's Python environment, beside the spec."""
    packages: tuple[PackageName, ...]
    """Distribution packages that the engine needs at run time."""
    modules: tuple[Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_.]*$", examples=["flashinfer"])], ...]
    """Python modules that must import before the runtime is called healthy (truth book, section 8)."""
    commands: tuple[Command, ...]
    """Commands that must be on the unit's PATH before the runtime is called healthy."""
    stop_timeout: Duration
    """How long running answers may take to end when the unit stops."""
    restart_delay: DurationOrNone
    """Pause before systemd starts the unit again after it exited."""
    keep_alive: Seconds
    """How long the engine keeps an idle connection; longer than the proxy does."""
    exposure: Annotated[Exposure, VerifyOnly()] = 3.0
    """The highest score that `systemd-analyze security` may give the unit: 0 is locked up, 10 is open."""
    nodes_exposure: Annotated[Exposure, VerifyOnly()] = 3.5
    """The same for the unit that makes the GPUs' device nodes."""


class DistInit(Node):
    """Where the ranks of one engine meet."""

    address: Annotated[Address, Field(examples=["127.0.0.1"])]
    """A loopback address; the ranks of one host meet there."""
    port: Port
    """Listens on every address all the same: no firewall may open it."""


class Features(Node):
    """What the engine really does (truth book, section 5); to have a required one off needs a waiver."""

    prefix_cache: Annotated[bool, Field(examples=[True])]
    """Reuse of the cache for prompts that begin alike."""
    overlap_scheduling: Annotated[bool, Field(examples=[True])]
    """Also called asynchronous scheduling: the next batch is prepared while the GPUs compute this one."""
    continuous_batching: Literal[True]
    """New requests join the running batch; the engine knows no other way."""
    attention_backend: Backend
    """The kernels for attention."""
    attention_fallbacks: Annotated[tuple[Backend, ...], doc_only()]
    """In order of preference, for operators to choose by hand: nothing falls back silently."""


class Tag(Node):
    """An EC2 tag."""

    key: TagText
    """The tag's name."""
    value: TagText
    """What it must say."""


class Ec2Discovery(Node):
    """Workers are found by tags among the running instances of the worker's type."""

    source: Literal["ec2"]
    """Ask EC2."""
    tags: Annotated[dict[TagText, TagText], Field(min_length=1)]
    """What every candidate must have."""
    primary_tag: Tag | None = None
    """Decides when more candidates pass than there are workers."""


class StaticDiscovery(Node):
    """Workers are at the addresses that the spec gives them."""

    source: Literal["static"]
    """Ask nobody."""


Discovery = Annotated[Ec2Discovery | StaticDiscovery, Field(discriminator="source")]


class KernelFile(Node):
    """One tuned kernel configuration; the file's name is the one that the engine looks for."""

    file: KernelPath
    """Beside the spec; arrives under the same name in the engine's lookup directory."""


class TunedKernels(Node):
    """The slot for tuned kernels (truth book, section 16.6)."""

    triton: Version
    """Triton's version; the engine looks in a directory of that name."""
    files: tuple[KernelFile, ...]
    """Tuned configurations; with none, the engine takes its defaults."""


class Serving(Node):
    """One model served by one engine on each of its workers."""

    model: Annotated[Identifier, Refers("models", status="primary")]
    """The primary model that is served."""
    workers: Annotated[
        tuple[Annotated[Identifier, Refers("hosts", role="gpu")], ...], Field(min_length=1, max_length=200)
    ]
    """Hosts of role `gpu`, each running this profile; as many as one publication of their route names."""
    port: Port
    """The API's port on the worker's private address; the public route leads here once live."""
    tp_size: Count
    """Tensor parallel size."""
    pp_size: Count
    """Pipeline parallel size."""
    dp_size: Count
    """Data parallel size."""
    context_length: Annotated[int, Field(ge=1024, le=10_000_000, examples=[131072])]
    """The server's context ceiling, in tokens."""
    mem_fraction_static: Fraction
    """Share of GPU memory for weights and caches."""
    max_running_requests: Count
    """Requests that are computed at once."""
    full_context_requests: Annotated[Count, RuleOnly()]
    """So many of them must fit the GPUs' memory at the whole context, all at once."""
    dist_init: DistInit
    enable_metrics: bool
    """Whether the engine answers /metrics."""
    features: Features
    mamba_scheduler_strategy: Literal["no_buffer", "extra_buffer"] | None = None
    """For hybrid models with a Mamba-style state; null for others."""
    page_size: Annotated[int, Field(ge=1, le=256, examples=[1])]
    """Tokens in one page of the cache."""
    hierarchical_cache: bool
    """Spill of the cache to host memory."""
    reasoning_parser: Parser | None = None
    """How the model's reasoning is told from its answer; null for none."""
    tool_call_parser: Parser | None = None
    """How the model's tool calls are read; null for none."""
    trust_remote_code: bool
    """Whether Python code from the model's repository may run."""
    log_level: Literal["error", "warning", "info", "debug"]
    """The engine's own log level; from `info` on it prints its arguments, API keys included."""
    discovery: Discovery
    """How the control plane finds the workers."""
    tuned_kernels: TunedKernels
    arguments: dict[ArgumentName, Argument] = Field(default_factory=dict)
    """Launch arguments without a field of their own, by full name without dashes; true for a switch."""
