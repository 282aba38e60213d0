"""The engine's launch arguments, from typed fields (truth book, sections 3 and 5; SGLang's server
arguments).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.spec.hosts import GpuWorker
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving


def arguments(runtime: Runtime, worker: GpuWorker, serving: Serving) -> list[str]:
    """All arguments but those that are known only at start: address, port and credentials."""
    return [
        *_model(runtime, worker, serving),
        *_scale(serving),
        *_features(serving),
        *_clients(serving),
        *_others(serving),
    ]


def _model(runtime: Runtime, worker: GpuWorker, serving: Serving) -> Iterator[str]:
    model = runtime.primary(serving)
    yield from ("--model-path", runtime.model_directory(worker, model))
    yield from ("--served-model-name", model.served_name)
    if serving.trust_remote_code:
        yield "--trust-remote-code"


def _scale(serving: Serving) -> Iterator[str]:
    yield from ("--tp-size", str(serving.tp_size))
    yield from ("--pp-size", str(serving.pp_size))
    yield from ("--dp-size", str(serving.dp_size))
    yield from ("--dist-init-addr", f"{serving.dist_init.address}:{serving.dist_init.port}")
    yield from ("--context-length", str(serving.context_length))
    yield from ("--mem-fraction-static", str(serving.mem_fraction_static))
    yield from ("--max-running-requests", str(serving.max_running_requests))


def _features(serving: Serving) -> Iterator[str]:
    yield from ("--attention-backend", serving.features.attention_backend)
    yield from ("--page-size", str(serving.page_size))
    if serving.mamba_scheduler_strategy is not None:
        yield from ("--mamba-scheduler-strategy", serving.mamba_scheduler_strategy)
    if not serving.features.prefix_cache:
        yield "--disable-radix-cache"
    if not serving.features.overlap_scheduling:
        yield "--disable-overlap-schedule"
    if serving.hierarchical_cache:
        yield "--enable-hierarchical-cache"


def _clients(serving: Serving) -> Iterator[str]:
    if serving.reasoning_parser is not None:
        yield from ("--reasoning-parser", serving.reasoning_parser)
    if serving.tool_call_parser is not None:
        yield from ("--tool-call-parser", serving.tool_call_parser)
    if serving.enable_metrics:
        yield "--enable-metrics"
    yield from ("--log-level", serving.log_level)


def _others(serving: Serving) -> Iterator[str]:
    """Arguments without a field of their own, by name; a switch is there or not."""
    for name, value in sorted(serving.arguments.items()):
        if value is not False:
            yield f"--{name}"
        if not isinstance(value, bool):
            yield str(value)
