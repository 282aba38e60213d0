"""What the engine would really run, held against what the spec says (truth book, section 5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from compiler.spec.written import written
from targets.sglang.coercion.run import Name
from targets.sglang.effective import VERSIONS, Effective, Profile, effective
from targets.sglang.flags import Scalar, versions
from targets.sglang.rules.arguments import FIELDS

_REQUIRED = "DN046"  # what says that a required feature is off
_SWITCHES: tuple[Name, ...] = ("prefix_cache", "overlap_scheduling")


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
    for profile, real in on_each_gpu(runtime, serving):
        for field, name, wanted, runs in _compared(serving, real):
            path: SpecPath = ("serving", key, *field)
            if wanted != runs and path not in said:
                said.add(path)
                cause = _cause(profile, real.version, name, wanted)
                others = _others(runtime, key, serving, real, name, cause)
                yield _corrected(path, name, wanted, real, others, _switched_off(serving, real, name))


def _compared(serving: Serving, real: Effective) -> Iterator[tuple[SpecPath, Name, Scalar, Scalar]]:
    features = serving.features
    for name in _SWITCHES:
        yield ("features", name), name, getattr(features, name), getattr(real, name)
    backend: SpecPath = ("features", "attention_backend")
    yield backend, "attention_backend", features.attention_backend, real.attention_backend
    yield backend, "decode_backend", features.attention_backend, real.decode_backend
    yield ("page_size",), "page_size", serving.page_size, real.page_size


class _Asked(Mapping[str, Scalar]):
    """Arguments that note which of them are asked for: the others, however many, change nothing."""

    def __init__(self, given: Mapping[str, Scalar]) -> None:
        self.names: set[str] = set()
        self._given = given

    def __getitem__(self, name: str) -> Scalar:
        self.names.add(name)
        return self._given[name]

    def __iter__(self) -> Iterator[str]:
        self.names.update(self._given)
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _cause(profile: Profile, version: str, name: Name, wanted: Scalar) -> str | None:
    """The further argument without which the engine would run what is wanted, if there is such a one."""
    asked = _Asked(profile.arguments)
    effective(version, replace(profile, arguments=asked))
    for argument in sorted(asked.names & profile.arguments.keys()):
        rest = {one: value for one, value in profile.arguments.items() if one != argument}
        real = effective(version, replace(profile, arguments=rest))
        if real is not None and getattr(real, name) == wanted:
            return argument
    return None


def _others(
    runtime: Runtime, key: str, serving: Serving, real: Effective, name: Name, cause: str | None
) -> tuple[Related, ...]:
    """The places that make it so: an argument, or a model that is hybrid without a strategy."""
    if cause is not None:
        return (Related("this argument makes it so", ("serving", key, "arguments", cause), on_key=True),)
    hybrid: SpecPath = ("models", serving.model, "hybrid")
    auto = serving.mamba_scheduler_strategy is None and runtime.is_hybrid(serving)
    if auto and name != "attention_backend" and real.because("strategy"):
        return (Related("a hybrid model; without a strategy the engine takes `no_buffer`", hybrid),)
    return ()


def _switched_off(serving: Serving, real: Effective, name: Name) -> str:
    """What else to do about a required feature that the engine turns off."""
    if name not in _SWITCHES:
        return ""
    waived = (serving.features.waive or {}).get(_REQUIRED)
    there = isinstance(waived, str) or (waived is not None and name in waived)
    waiver = " (the waiver of DN046 is there)" if there else ", and waive DN046 with the reason"
    change = real.because(name)
    by_strategy = change is not None and "_buffer`" in change.reason
    return waiver if by_strategy else f"{waiver}; or change what turns it off"


def _corrected(
    path: SpecPath, name: Name, wanted: Scalar, real: Effective, related: tuple[Related, ...], remedy: str
) -> Finding:
    runs: Scalar = getattr(real, name)
    change = real.because(name)
    reason = f": {change.reason} ({change.source})" if change else ""
    by_argument = any("arguments" in one.path for one in related)
    help_ = (
        f"take `{related[0].path[-1]}` out, or write {written(runs)}"
        if by_argument
        else f"write {written(runs)}"
    )
    certain = name == "page_size" and not by_argument
    verb = "decode with" if name == "decode_backend" else "run"
    return Finding(
        path,
        f"the spec says {written(wanted)}, and release {real.version} would {verb} {written(runs)}{reason}",
        f"{help_}{remedy}",
        related=related,
        edits=(Edit(path, written(runs)),) if certain else (),
    )


def starts(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No two arguments exclude each other."""
    yield from _gpus_there(runtime, key, serving)
    said: set[str] = set()
    for _, real in on_each_gpu(runtime, serving):
        for refusal in real.refusals:
            if refusal.reason not in said:
                said.add(refusal.reason)
                first, *others = [*_named(runtime, key, serving, refusal.reason), ("serving", key)]
                yield Finding(
                    first,
                    f"release {real.version} would end at start: {refusal.reason} ({refusal.source})",
                    "change one of the two",
                    on_key=len(first) == 2,
                    related=tuple(Related("the other side", one) for one in others[:-1]),
                )


def _gpus_there(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No argument moves a process to a GPU that the machine does not have, or two to one."""
    step, base = (_whole(serving, "gpu-id-step", 1), _whole(serving, "base-gpu-id", 0))
    by_fields = serving.tp_size * serving.pp_size * serving.dp_size
    processes = next((real.gpus for _, real in on_each_gpu(runtime, serving)), by_fields)
    last = base + (processes - 1) * step
    name = "base-gpu-id" if base else "gpu-id-step"
    for host in serving.workers if name in serving.arguments else ():
        machine = runtime.instance(runtime.worker(host))
        if base >= 0 and step > 0 and last < machine.count:
            continue
        at = base if base < 0 else last
        told = f"puts a process on GPU {at}, and `{host}` has GPUs 0 to {machine.count - 1}"
        alone = step == 0 and base >= 0
        yield Finding(
            ("serving", key, "arguments", name),
            f"the engine would end at start: `{name}` {'puts all processes on one GPU' if alone else told}",
            "take it out",
            related=(Related("the worker's instance", ("hosts", host, "instance")),),
        )
        return


def _whole(serving: Serving, name: str, default: int) -> int:
    value = serving.arguments.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def _named(runtime: Runtime, key: str, serving: Serving, reason: str) -> list[SpecPath]:
    """What a refusal is about, the likeliest culprit first: a further argument, pages, another field."""
    words = [word.replace("_", "-") for word in re.findall(r"[a-z][a-z0-9_-]+", reason)]
    found: list[SpecPath] = [("arguments", word) for word in words if word in serving.arguments]
    if "pages" in words or ("page" in words and "size" in words):
        found.append(("page_size",))
    found += [FIELDS[word] for word in words if word in FIELDS and word not in serving.arguments]
    places: list[SpecPath] = [("serving", key, *one) for one in found]
    if {"no-buffer", "extra-buffer"} & set(words) and runtime.is_hybrid(serving):
        places.append(_strategy(key, serving))
    return list(dict.fromkeys(places))


def _strategy(key: str, serving: Serving) -> SpecPath:
    """Where a strategy comes from: the profile, or the model that makes the engine take its own."""
    if serving.mamba_scheduler_strategy is None:
        return ("models", serving.model, "hybrid")
    return ("serving", key, "mamba_scheduler_strategy")


def on_each_gpu(runtime: Runtime, serving: Serving) -> Iterator[tuple[Profile, Effective]]:
    """The arguments, and what runs, on each kind of GPU that the profile's workers have."""
    kinds = dict.fromkeys(runtime.instance(runtime.worker(name)).gpu for name in serving.workers)
    for kind in kinds:
        gpu = runtime.hardware.gpus[kind]
        capability = int(gpu.compute_capability.replace(".", ""))
        profile = _profile(runtime, serving, capability, gpu.memory.bytes)
        found = effective(runtime.engine.version, profile)
        if found is not None:
            yield profile, found


def _profile(runtime: Runtime, serving: Serving, capability: int, memory: int) -> Profile:
    return Profile(
        capability=capability,
        gpu_bytes=memory,
        hybrid=runtime.is_hybrid(serving),
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
        "it would end at start, after the unit was stopped for it (facts: sglang; the place is named)",
    ),
    Rule(
        "DN306",
        is_known,
        "what the engine changes by itself was read release by release (truth book, section 5)",
        severity="note",
    ),
)
