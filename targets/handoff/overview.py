"""The tables of the hand-off page, as plain values; the template only lays them out."""

from __future__ import annotations

from compiler.spec.clients import Roo
from compiler.spec.hosts import GpuWorker, Host, Ingress
from compiler.spec.measured import Measured
from compiler.spec.models import Figure, Primary, Rejected, Stored
from compiler.spec.node import children
from compiler.spec.runtime import Runtime

Row = dict[str, object]


def editor(runtime: Runtime, name: str, client: Roo) -> Row:
    """What a member of the team types in."""
    route = runtime.public.routes[client.route]
    serving = runtime.serving[route.serving]
    return {
        "name": name,
        "file": f"clients/{name}/{client.file}",
        "profile": client.profile,
        "base_url": runtime.base_url(route),
        "model": runtime.primary(serving).served_name,
        "family": runtime.primary(serving).family,
        "context": client.context,
        "ceiling": serving.context_length,
        "max_tokens": client.max_tokens,
        "temperature": client.temperature,
        "timeout": client.timeout,
        "bearer": route.access == "bearer",
        "key": runtime.secrets.api_key,
    }


def routes(runtime: Runtime) -> list[Row]:
    """The public routes."""
    return [
        {
            "name": name,
            "models_url": runtime.models_url(route),
            "chat_url": runtime.chat_url(route),
            "access": route.access,
            "serving": route.serving,
            "port": runtime.route_port(runtime.serving[route.serving]),
        }
        for name, route in runtime.routes()
    ]


def hosts(runtime: Runtime) -> list[Row]:
    """The hosts, with the commands that install each."""
    return [
        {
            "name": name,
            "role": host.role,
            "system": f"{host.os}, systemd {host.systemd}, Python {host.python}",
            "address": _address(host),
            "installers": _installers(runtime, host),
        }
        for name, host in sorted(runtime.hosts.items())
    ]


def _address(host: Host) -> str:
    if isinstance(host, GpuWorker):
        return host.address.last_seen
    return host.ssh.address if isinstance(host, Ingress) else ""


def sources(runtime: Runtime) -> list[Row]:
    """Where each model that is kept comes from."""
    root = runtime.rehydration.source
    return [
        {"name": name, "source": f"{root}/{model.directory}"}
        for name, model in sorted(runtime.models.items())
        if isinstance(model, Stored)
    ]


def _installers(runtime: Runtime, host: Host) -> list[str]:
    if isinstance(host, GpuWorker):
        return [runtime.engine.installer, runtime.watchdog.installer]
    return [runtime.ingress.installer] if isinstance(host, Ingress) else [runtime.route_sync.installer]


def profiles(runtime: Runtime) -> list[Row]:
    """What is served where."""
    rows: list[Row] = []
    for name, serving in sorted(runtime.serving.items()):
        model = runtime.primary(serving)
        workers = [runtime.worker(worker) for worker in serving.workers]
        instance = runtime.instance(workers[0])
        gpu = runtime.hardware.gpus[instance.gpu]
        rows.append(
            {
                "name": name,
                "model": model,
                "workers": serving.workers,
                "hardware": f"{instance.count} × {gpu.name}, {instance.count * gpu.memory.bytes // 10**9} GB",
                "directory": runtime.model_directory(workers[0], model),
                "record": _record(runtime, runtime.model_directory(workers[0], model)),
                "binds": [
                    {"name": name, "address": f"{runtime.worker(name).address.last_seen}:{serving.port}"}
                    for name in serving.workers
                ],
                "serving": serving,
            }
        )
    return rows


def _record(runtime: Runtime, directory: str) -> str:
    """The command that prints a model's manifest."""
    layout, program = runtime.layout, runtime.rehydration.program
    call = f"{layout.aws_tools}/bin/python {layout.lib}/{program} --config {layout.etc}/rehydrate.json"
    return f"sudo {call} manifest {directory}"


def models(runtime: Runtime) -> list[Row]:
    """All models with their status."""
    rows: list[Row] = []
    for name, model in sorted(runtime.models.items()):
        about = model.reason if isinstance(model, Rejected) else _about(model)
        recorded = isinstance(model, Stored) and model.manifest is not None
        rows.append({"name": name, "model": model, "about": about, "recorded": recorded})
    return rows


def _about(model: Stored) -> str:
    return f"{model.family}, {model.weights}, {model.quantization}"


def memory(runtime: Runtime) -> list[Row]:
    """What each served model takes of the GPUs' memory, and where that was read."""
    return [
        {"model": name, "figure": str(key).replace("_", " "), "value": figure.value, "source": figure.source}
        for name, model in sorted(runtime.models.items())
        if isinstance(model, Primary) and model.memory is not None
        for key, figure in children(model.memory)
        if isinstance(figure, Figure)
    ]


def client_files(runtime: Runtime) -> list[Row]:
    """The files that clients take."""
    return [
        {
            "name": name,
            "file": f"clients/{name}/{client.file}",
            "readers": client.consumers if client.kind == "env" else (),
        }
        for name, client in sorted(runtime.clients.items())
    ]


def secrets(runtime: Runtime) -> list[tuple[str, str]]:
    """Where each secret is kept."""
    names = ("api_key", "admin_api_key", "route_sync_ssh_key")
    return [(name, getattr(runtime.secrets, name)) for name in names]


def figures(runtime: Runtime) -> list[tuple[str, str]]:
    """The measured figures, as lines of a table."""
    return _figures(runtime.measured) if runtime.measured else []


def _figures(measured: Measured) -> list[tuple[str, str]]:
    many, long, public = measured.concurrent, measured.long_context, measured.public_route
    each = ", ".join(f"{one.completion_tokens} tokens in {one.wall_time.seconds} s" for one in many.requests)
    return [
        ("time to first token, on the worker", f"{measured.direct.time_to_first_token.seconds} s"),
        ("short streamed answer, on the worker", f"{measured.direct.short_answer_wall_time.seconds} s"),
        (f"{len(many.requests)} requests at once", f"{each}; {many.wall_time.seconds} s in all"),
        (
            "their tokens",
            f"{many.prompt_tokens} prompt, {many.completion_tokens} completion, {many.total_tokens} in all",
        ),
        ("their throughput", f"{many.throughput} completion tokens/s"),
        (
            f"long request, {long.total_tokens} tokens in all",
            f"{long.prompt_tokens} + {long.completion_tokens} tokens in {long.wall_time.seconds} s",
        ),
        ("time to first token, public route", f"{public.time_to_first_token.seconds} s"),
        ("short answer, public route", f"{public.throughput} completion tokens/s"),
        *(
            (f"model list on route {name}", f"HTTP {status}")
            for name, status in sorted(public.statuses.items())
        ),
    ]
