"""Hosts: what each is, what it runs on, and what its image gives it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from compiler.spec.node import Node, Refers, RuleOnly
from compiler.spec.scalars import (
    AbsolutePath,
    Address,
    Command,
    Distribution,
    HostAddress,
    Identifier,
    InstanceType,
    Network,
    PackageName,
    PublicKey,
    UnitName,
)
from compiler.spec.units import Port, Size


class Gpu(Node):
    """One kind of accelerator."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 .-]*$", examples=["NVIDIA L4"])]
    """The name that nvidia-smi prints."""
    memory: Size
    """Memory of one GPU as its maker counts it."""
    compute_capability: Annotated[str, Field(pattern=r"^(?:[3-9]|1[0-9])\.[0-9]$", examples=["8.9"])]
    """CUDA compute capability; kernels are built for it and quantizations need a minimum."""


class Instance(Node):
    """A machine type: which accelerators, and how many."""

    gpu: Annotated[Identifier, Refers("hardware.gpus")]
    """The kind of its accelerators."""
    count: Annotated[int, Field(ge=1, le=16, examples=[8])]
    """GPUs in one such machine."""


class Hardware(Node):
    """What the machines are made of."""

    gpus: dict[Identifier, Gpu]
    """Kinds of accelerators by a short name."""
    instances: dict[InstanceType, Instance]
    """Machine types by their name."""


class Given(Node):
    """What the host has without us, from its image or by hand; everything else our outputs must bring."""

    packages: Annotated[tuple[PackageName, ...], RuleOnly()] = ()
    """Packages of the distribution that no installer of ours installs."""
    units: Annotated[tuple[UnitName, ...], RuleOnly()] = ()
    """Units."""
    paths: Annotated[tuple[AbsolutePath, ...], RuleOnly()] = ()
    """Files and directories."""
    commands: tuple[Command, ...] = ()
    """Commands on the PATH."""


class GivenToWorker(Given):
    """What a worker's image provides."""

    cuda: AbsolutePath
    """The CUDA toolkit's root."""


class HostBase(Node):
    """What every host says of itself; outputs use nothing newer than these versions."""

    os: Distribution
    """Distribution and version as /etc/os-release gives ID and VERSION_ID; the installers refuse another."""
    systemd: Annotated[int, Field(ge=247, le=300, examples=[252])]
    """systemd's version: no unit uses a directive that is newer."""
    python: Annotated[str, Field(pattern=r"^3\.(9|1[0-9])$", examples=["3.11"])]
    """The host's python3, which runs the shipped programs."""
    given: Given = Field(default_factory=Given)

    @property
    def versions(self) -> dict[str, str]:
        """By program, the oldest version that reads this host's files as they are compiled."""
        return {"systemd": str(self.systemd), "python": self.python}


class ControlPlane(HostBase):
    """Owns routing and orchestration; runs no model (truth book, section 2)."""

    role: Literal["control-plane"]
    """Keeps routes; runs no model."""


class Ssh(Node):
    """How the control plane reaches a host's sshd."""

    address: HostAddress
    """A name or address that the control plane can connect to."""
    port: Port
    """sshd's port."""
    host_key: PublicKey | None = None
    """The host's public key; when it is known, no other is accepted."""
    sources: Annotated[tuple[Network, ...], Field(min_length=1)]
    """Where the control plane comes from, as this sshd sees it; its key is worth nothing from elsewhere."""


class Ingress(HostBase):
    """Terminates the public hostnames and forwards to the current worker (truth book, section 2)."""

    role: Literal["ingress"]
    """Serves the public hostnames."""
    nginx: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$", examples=["1.22.1"])]
    """nginx's version: HTTP/2 and route resolution are written as this version reads them."""
    ssh: Ssh
    takes_over: tuple[AbsolutePath, ...] = ()
    """Files of the distribution that this configuration replaces, such as the default site."""

    @property
    def versions(self) -> dict[str, str]:
        """As every host's, and nginx's."""
        return {**super().versions, "nginx": self.nginx}

    @property
    def http2_is_a_directive(self) -> bool:
        """From 1.25.1 on HTTP/2 is a directive, no longer a parameter of `listen` (nginx's changes)."""
        return self._nginx() >= (1, 25, 1)

    @property
    def can_reject_handshake(self) -> bool:
        """`ssl_reject_handshake` came with 1.19.4 (nginx's changes)."""
        return self._nginx() >= (1, 19, 4)

    def _nginx(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.nginx.split("."))


class WorkerAddress(Node):
    """Where a worker's private address comes from."""

    source: Literal["imds", "static"]
    """`imds` asks the instance's metadata service at each start; `static` is the address below, always."""
    last_seen: Address
    """The private address: the last one seen with `imds`, the one and only with `static`."""


class Nvme(Node):
    """The instance store: the only place for model state and caches (truth book, section 2)."""

    mount: AbsolutePath
    """Where the instance store is mounted."""
    unit: UnitName | None = None
    """The unit that mounts it, where it is not in fstab."""
    models: AbsolutePath | None = None
    """Where models lie, a directory each; null for `models` below the mount."""
    cache: AbsolutePath | None = None
    """Where everything lies that the engine writes (its home, temporary files, compiled kernels); null for
    `cache` below the mount.
    """

    @property
    def model_root(self) -> str:
        """Where models lie."""
        return self.models or f"{self.mount}/models"

    @property
    def cache_root(self) -> str:
        """Where the engine writes."""
        return self.cache or f"{self.mount}/cache"


class GpuWorker(HostBase):
    """Hosts the engine and the model payloads, on NVMe only (truth book, section 2)."""

    role: Literal["gpu"]
    """Serves a model."""
    instance: Annotated[InstanceType, Refers("hardware.instances")]
    """The machine type."""
    address: WorkerAddress
    nvme: Nvme
    given: GivenToWorker  # type: ignore[mutable-override] # frozen


Host = Annotated[ControlPlane | Ingress | GpuWorker, Field(discriminator="role")]
