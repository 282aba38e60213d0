"""What the engine would really run, held against what the spec says (truth book, section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Edit
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from compiler.spec.written import written
from targets.sglang.effective import VERSIONS, Effective, Profile, effective
from targets.sglang.flags import Scalar, versions
from targets.sglang.rules.arguments import FIELDS

_SWITCHES = ("prefix_cache", "overlap_scheduling")


def is_known(runtime: Runtime) -> Iterator[Finding]:
    """The release's start has been read; what it does by itself cannot be guessed."""
    if runtime.engine.version in versions() and runtime.engine.version not in VERSIONS:
        yield Finding(
            ("engine", "version"),
            f"not checked: nobody has read what release {runtime.engine.version} changes at start by itself",
            f"releases that were read: {', '.join(VERSIONS)}",
        )


def runs_as_written(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Caches, scheduling, pages and kernels are those of the spec, whatever the engine corrects at start."""
    said: set[SpecPath] = set()
    for real in _on_each_gpu(runtime, serving):
        for field, wanted, runs in _compared(serving, real):
            path: SpecPath = ("serving", key, *field)
            if wanted != runs and path not in said:
                said.add(path)
                yield _corrected(path, str(field[-1]), wanted, runs, real)


def _compared(serving: Serving, real: Effective) -> Iterator[tuple[SpecPath, Scalar, Scalar]]:
    features = serving.features
    yield ("features", "prefix_cache"), features.prefix_cache, real.prefix_cache
    yield ("features", "overlap_scheduling"), features.overlap_scheduling, real.overlap_scheduling
    yield ("features", "attention_backend"), features.attention_backend, real.attention_backend
    yield ("page_size",), serving.page_size, real.page_size


def _corrected(path: SpecPath, name: str, wanted: Scalar, runs: Scalar, real: Effective) -> Finding:
    change = real.because(name)  # type: ignore[arg-type]
    reason = f": {change.reason} ({change.source})" if change else ""
    switch = name in _SWITCHES
    help_ = f"write {written(runs)}" + (
        ", and waive DN046 with the reason, or change what turns it off" if switch else ""
    )
    return Finding(
        path,
        f"the spec says {written(wanted)}, and release {real.version} would run {written(runs)}{reason}",
        help_,
        edits=() if switch else (Edit(path, written(runs)),),
    )


def starts(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No two arguments exclude each other."""
    said: set[str] = set()
    for real in _on_each_gpu(runtime, serving):
        for refusal in real.refusals:
            if refusal.reason not in said:
                said.add(refusal.reason)
                yield Finding(
                    ("serving", key, *_culprit(serving, refusal.reason)),
                    f"release {real.version} would end at start: {refusal.reason} ({refusal.source})",
                    "change one of the two",
                    on_key=not _culprit(serving, refusal.reason),
                )


def _culprit(serving: Serving, reason: str) -> SpecPath:
    """The field that a refusal names first: a further argument, or one that the compiler writes."""
    words = [word.replace("_", "-") for word in re.findall(r"[a-z][a-z0-9_-]+", reason)]
    for word in words:
        if word in serving.arguments:
            return ("arguments", word)
    if "page" in words and "size" in words:
        return ("page_size",)
    named = [FIELDS[word] for word in words if word in FIELDS]
    strategy = [("mamba_scheduler_strategy",) for word in words if word in ("no-buffer", "extra-buffer")]
    return next(iter((*named, *strategy)), ())


def _on_each_gpu(runtime: Runtime, serving: Serving) -> Iterator[Effective]:
    """What runs on each kind of GPU that the profile's workers have."""
    kinds = dict.fromkeys(runtime.instance(runtime.worker(name)).gpu for name in serving.workers)
    for kind in kinds:
        gpu = runtime.hardware.gpus[kind]
        capability = int(gpu.compute_capability.replace(".", ""))
        found = effective(runtime.engine.version, _profile(serving, capability, gpu.memory.bytes))
        if found is not None:
            yield found


def _profile(serving: Serving, capability: int, memory: int) -> Profile:
    return Profile(
        capability=capability,
        gpu_bytes=memory,
        hybrid=serving.mamba_scheduler_strategy is not None,
        strategy=serving.mamba_scheduler_strategy,
        prefix_cache=serving.features.prefix_cache,
        overlap_scheduling=serving.features.overlap_scheduling,
        page_size=serving.page_size,
        attention_backend=serving.features.attention_backend,
        hierarchical_cache=serving.hierarchical_cache,
        tp_size=serving.tp_size,
        pp_size=serving.pp_size,
        dp_size=serving.dp_size,
        arguments=serving.arguments,
    )


RULES = (
    Rule(
        "DN304",
        each(Runtime.profiles, runs_as_written),
        "the engine corrects its arguments at start, and only its log says so (truth book, section 5)",
    ),
    Rule(
        "DN305",
        each(Runtime.profiles, starts),
        "it would end at start, after the unit was stopped for it",
    ),
    Rule(
        "DN306",
        is_known,
        "what the engine changes by itself was read release by release (truth book, section 5)",
        severity="note",
    ),
)
