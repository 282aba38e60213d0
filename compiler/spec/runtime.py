"""The root of the spec: what it holds, and what follows from it.

Properties here are the only place where one section is looked up from another, so that templates and targets
hold no decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, cast

from pydantic import Field, PrivateAttr

from compiler.spec.clients import Client
from compiler.spec.hosts import ControlPlane, GpuWorker, Hardware, Host, Ingress, Instance
from compiler.spec.layout import Layout
from compiler.spec.measured import Measured
from compiler.spec.models import Model, Primary, Rejected, Staged, Stored
from compiler.spec.node import Node, doc_only
from compiler.spec.operations import Aws, Cutover, Legacy, Rehydration, RouteSync, Secrets, Watchdog
from compiler.spec.public import Endpoint, IngressSide, Proxy, Public, Route
from compiler.spec.scalars import Date, Identifier, Line, Network
from compiler.spec.serving import Engine, Serving
from compiler.spec.unknown import Unknown

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Runtime(Node):
    """The truth book of one runtime."""

    version: Literal[1]
    """The version of this language."""
    name: Annotated[Identifier, Field(max_length=20)]
    """The prefix of units, users and paths."""
    title: Line
    """What people call the runtime; unit descriptions begin with it."""
    date: Annotated[Date, doc_only()]
    """The day whose truth this is."""
    cutover: Cutover
    network: Network
    """The private network of all hosts; an address outside it is refused everywhere."""
    aws: Aws | None = None
    """The account; needed when discovery, secrets or models come from AWS."""
    hardware: Hardware
    hosts: dict[Identifier, Host]
    """Every machine by its name; the compiled tree has a folder for each."""
    engine: Engine
    models: dict[Identifier, Model]
    """Models by a short name of your own."""
    serving: dict[Identifier, Serving]
    """Serving profiles by name: one model each, on some of the workers."""
    public: Public
    proxy: Proxy
    route_sync: RouteSync
    ingress: IngressSide
    watchdog: Watchdog
    rehydration: Rehydration
    secrets: Secrets
    legacy: Legacy
    clients: dict[Identifier, Client]
    """Who uses the routes; the compiled tree has a folder for each."""
    measured: Measured | None = None
    """What was measured; null until something was."""
    remaining: Annotated[tuple[Line, ...], doc_only()] = ()
    """What is left to do, for the hand-off page."""

    _inputs: dict[str, bytes] = PrivateAttr(default_factory=dict)

    def attach(self, inputs: dict[str, bytes]) -> None:
        """Hand over the content of the files that the spec names; done once, before the plan."""
        self._inputs.update(inputs)

    def input(self, name: str) -> bytes:
        """The content of a file that the spec names."""
        return self._inputs[name]

    @property
    def layout(self) -> Layout:
        """Where everything lies on a host."""
        return Layout(self.name)

    def profiles(self) -> Iterator[tuple[str, Serving]]:
        """Serving profiles in order of name."""
        yield from sorted(self.serving.items())

    def workers(self) -> Iterator[tuple[str, GpuWorker]]:
        """Hosts that serve, in order of name."""
        for name, host in sorted(self.hosts.items()):
            if isinstance(host, GpuWorker):
                yield name, host

    def described_workers(self) -> Iterator[tuple[str, GpuWorker]]:
        """Those whose machine is known: a host with a wrong role is no worker, and lacks it."""
        for name, worker in self.workers():
            try:
                known = bool(worker.instance)
            except Unknown:
                known = False
            if known:
                yield name, worker

    def ingresses(self) -> Iterator[tuple[str, Ingress]]:
        """Hosts that terminate the public hostnames, in order of name."""
        for name, host in sorted(self.hosts.items()):
            if isinstance(host, Ingress):
                yield name, host

    def control_planes(self) -> Iterator[tuple[str, ControlPlane]]:
        """Hosts that own routing, in order of name."""
        for name, host in sorted(self.hosts.items()):
            if isinstance(host, ControlPlane):
                yield name, host

    def worker(self, name: str) -> GpuWorker:
        """The worker called `name`; the reference rules have seen that it is one."""
        return cast(GpuWorker, self.hosts[name])

    def served_by(self, host: str) -> Serving:
        """The profile that `host` serves; the reference rules have seen that there is exactly one."""
        return next(one for _, one in sorted(self.serving.items()) if host in one.workers)

    def instance(self, worker: GpuWorker) -> Instance:
        """The machine type of a worker."""
        return self.hardware.instances[worker.instance]

    def primary(self, serving: Serving) -> Primary:
        """The model of a profile."""
        return cast(Primary, self.models[serving.model])

    def is_hybrid(self, serving: Serving) -> bool:
        """Whether a profile's model keeps a state beside its cache."""
        return self.primary(serving).hybrid

    def model_directory(self, worker: GpuWorker, model: Stored) -> str:
        """Where a model lies on a worker's NVMe (truth book, section 9)."""
        return f"{worker.nvme.model_root}/{model.directory}"

    def engine_venv(self) -> str:
        """The engine's Python environment; another version is built beside the old one."""
        return f"{self.layout.opt}/{self.engine.name}-{self.engine.version}"

    def engine_unit(self) -> str:
        """The engine's unit."""
        return self.layout.unit(self.engine.unit)

    def search_path(self, worker: GpuWorker) -> str:
        """The engine's PATH: its environment's tools and CUDA's, since kernels are built with both at
        first run.
        """
        return f"{self.engine_venv()}/bin:{worker.given.cuda}/bin:{SYSTEM_PATH}"

    def staged(self) -> Iterator[tuple[str, Staged]]:
        """Models that are kept for later trials."""
        for name, model in sorted(self.models.items()):
            if isinstance(model, Staged):
                yield name, model

    def rejected(self) -> Iterator[tuple[str, Rejected]]:
        """Models that were turned down."""
        for name, model in sorted(self.models.items()):
            if isinstance(model, Rejected):
                yield name, model

    def routes(self) -> Iterator[tuple[str, Route]]:
        """Public routes in order of name."""
        yield from sorted(self.public.routes.items())

    def route_port(self, serving: Serving) -> int:
        """The port to which routes lead: the serving port once live (truth book, sections 1 and 7)."""
        return serving.port if self.cutover.phase == "live" else self.cutover.port_before

    def routed_model(self, serving: Serving) -> tuple[str, int | None]:
        """What a worker must serve to be routed to: the model id, and the context where the engine tells it.

        Before the cutover that is the engine before, under the id before (truth book, section 7).
        """
        if self.cutover.phase == "live":
            return self.primary(serving).served_name, serving.context_length
        return self.legacy.model_ids[0], None

    def secrets_on(self, name: str) -> tuple[str, ...]:
        """Where the secrets are kept that a host needs: the keys it is asked for, and its own."""
        host, kept = self.hosts[name], self.secrets
        if isinstance(host, Ingress):
            return ()
        worker = isinstance(host, GpuWorker)
        served = [self.served_by(name)] if worker else [one for _, one in sorted(self.serving.items())]
        keys = (kept.api_key,) if any(map(self.demands_key, served)) else ()
        return (*keys, kept.admin_api_key if worker else kept.route_sync_ssh_key)

    def demands_key(self, serving: Serving) -> bool:
        """Whether clients of a profile send the API key: its routes agree on that, by rule."""
        key = next(name for name, one in sorted(self.serving.items()) if one is serving)
        return any(route.access == "bearer" for _, route in self.routes() if route.serving == key)

    def base_url(self, route: Route) -> str:
        """A client's base URL: scheme, hostname, prefix and the API's base path."""
        return f"https://{route.hostname}{route.prefix}{self.public.base}"

    def models_url(self, route: Route) -> str:
        """The public URL of the model list."""
        return self.base_url(route) + self.public.endpoints.models.path

    def chat_url(self, route: Route) -> str:
        """The public URL of chat completions."""
        return self.base_url(route) + self.public.endpoints.chat_completions.path

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every public endpoint; nothing else is let through."""
        known = self.public.endpoints
        return (known.models, known.chat_completions, *known.more)
