"""The launch arguments against the table of the pinned release."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from compiler.diagnostics import Edit, Related
from compiler.rule import Finding, Rule, each
from compiler.spec.node import at
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from compiler.spec.unknown import Unknown
from compiler.spec.written import written
from targets.sglang.flags import Flag, dashed, spellings, table, versions
from targets.sglang.flags.judge import Problem, judge_name, judge_value

# Arguments that typed fields make, by the field; address, port and keys are added at start.
FIELDS: dict[str, SpecPath] = {
    "tp-size": ("tp_size",),
    "pp-size": ("pp_size",),
    "dp-size": ("dp_size",),
    "dist-init-addr": ("dist_init", "address"),
    "context-length": ("context_length",),
    "mem-fraction-static": ("mem_fraction_static",),
    "max-running-requests": ("max_running_requests",),
    "attention-backend": ("features", "attention_backend"),
    "page-size": ("page_size",),
    "mamba-scheduler-strategy": ("mamba_scheduler_strategy",),
    "disable-radix-cache": ("features", "prefix_cache"),
    "disable-overlap-schedule": ("features", "overlap_scheduling"),
    "enable-hierarchical-cache": ("hierarchical_cache",),
    "reasoning-parser": ("reasoning_parser",),
    "tool-call-parser": ("tool_call_parser",),
    "enable-metrics": ("enable_metrics",),
    "log-level": ("log_level",),
    "trust-remote-code": ("trust_remote_code",),
    "model-path": ("model",),
    "served-model-name": ("model",),
    "host": ("workers",),
    "port": ("port",),
    "nnodes": ("workers",),
    "node-rank": ("workers",),
    "config": ("arguments",),
}
# The field says less than the argument, or another thing.
_COMPOSED = {"dist-init-addr", "model-path", "served-model-name", "host", "nnodes", "node-rank", "config"}
_SECRETS: dict[str, SpecPath] = {
    "api-key": ("secrets", "api_key"),
    "admin-api-key": ("secrets", "admin_api_key"),
}


def has_a_table(runtime: Runtime) -> Iterator[Finding]:
    """The pinned release is one whose arguments are known."""
    if runtime.engine.version not in versions():
        yield Finding(
            ("engine", "version"),
            f"the arguments of release {runtime.engine.version} are not known here",
            f"pin one of {', '.join(versions())}, or add it: make flags VERSION={runtime.engine.version}",
        )


def known_arguments(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """Each further argument is written in full, and takes its value."""
    flags = table(runtime.engine.version)
    if flags is None:
        return
    for name, value in sorted(serving.arguments.items()):
        path: SpecPath = ("serving", key, "arguments", name)
        if problem := judge_name(flags, name):
            if _field_of(runtime.engine.version, name) is None:
                yield _of_name(path, problem)
        elif (problem := judge_value(flags[dashed(name)], value)) and not problem.secret:
            yield _of_value(path, problem)  # a secret is taken out, whatever it is (DN088)


def _of_name(path: SpecPath, problem: Problem) -> Finding:
    edit = Edit(path, written(problem.name), on_key=True)
    certain = problem.certain and problem.name is not None and problem.value is None
    return Finding(path, problem.message, problem.help, on_key=True, edits=(edit,) if certain else ())


def _of_value(path: SpecPath, problem: Problem) -> Finding:
    certain = problem.certain and problem.value is not None
    edits = (Edit(path, written(problem.value)),) if certain else ()
    return Finding(path, problem.message, problem.help, edits=edits)


def no_contradiction(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No further argument says what a field of the spec says already."""
    for name in sorted(serving.arguments):
        if dashed(name) == "--quantization":
            yield _of_checkpoint(key, serving.model)
        said = _field_of(runtime.engine.version, name)
        if said is not None:
            yield _said_twice(key, name, said, certain=_agrees(serving, name, said))


def _field_of(version: str, name: str) -> str | None:
    """The argument of a typed field that a name is, or that it is certainly meant to be."""
    full, typed, alike = _names(version)
    direct = typed.get(full.get(dashed(name)) or dashed(name))
    if direct or not difflib.get_close_matches(dashed(name).lower(), alike, n=1, cutoff=0.6):
        return direct or _begun(version, name)
    return typed.get(_certain(version, name))


def _begun(version: str, name: str) -> str | None:
    """The argument of a typed field of which a name is the beginning alone."""
    _, typed, alike = _names(version)
    begins = any(one.startswith(dashed(name).lower()) for one in alike)
    return typed.get(_certain(version, name)) if begins else None


def _certain(version: str, name: str) -> str:
    problem = judge_name(table(version) or {}, name)
    return dashed(problem.name if problem is not None and problem.certain and problem.name else name)


@cache
def _names(version: str) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """Full names by spelling, typed fields' own by full name, and all spellings of these."""
    full = {dashed(one): flag.name for one, flag in spellings(table(version) or {})}
    typed = {full.get(dashed(one), dashed(one)): one for one in (*FIELDS, *_SECRETS)}
    return full, typed, (*typed, *(one for one, name in full.items() if name in typed))


def _of_checkpoint(key: str, model: str) -> Finding:
    field = ("models", model, "quantization")
    return Finding(
        ("serving", key, "arguments", "quantization"),
        f"`quantization` is the checkpoint's own, and the spec says it in `{'.'.join(field)}`",
        "take it out; for another quantization, serve a checkpoint that has it",
        on_key=True,
        related=(Related("how the weights are stored", field),),
    )


def _agrees(serving: Serving, name: str, said: str) -> bool:
    """Does the argument repeat its field, so that nothing changes without it?"""
    if said in _SECRETS or said in _COMPOSED:
        return False
    try:
        value: Any = at(serving, FIELDS[said])
    except Unknown:
        return False
    value = not value if said.startswith("disable-") else value
    given = serving.arguments[name]
    return isinstance(given, bool) == isinstance(value, bool) and given == value


def _said_twice(key: str, name: str, said: str, *, certain: bool) -> Finding:
    path: SpecPath = ("serving", key, "arguments", name)
    field = _SECRETS.get(said) or ("serving", key, *FIELDS[said])
    shown = ".".join(str(part) for part in field)
    return Finding(
        path,
        f"`{name}` is written by the compiler, from `{shown}`",
        f"take it out, and change `{shown}`",
        on_key=True,
        related=()
        if said in _SECRETS or said == "config"
        else (Related("what the compiler writes it from", field),),
        edits=(Edit(path, None, on_key=True),) if certain else (),
    )


def known_choices(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """What typed fields say is among the choices of the pinned release."""
    flags = table(runtime.engine.version) or {}
    full = {dashed(name): flag.name for name, flag in spellings(flags)}
    for name, field, value in _typed(serving):
        path: SpecPath = ("serving", key, *field)
        flag = flags.get(full.get(dashed(name), dashed(name)))
        if flags and flag is None:
            yield Finding(
                path,
                f"release {runtime.engine.version} has no argument `--{name}`",
                _instead(flags, name, value),
            )
        elif flag is not None and (problem := judge_value(flag, value)):
            yield _of_value(path, problem)


def _instead(flags: Mapping[str, Flag], name: str, value: str) -> str:
    """What to do without an argument: the one that this release has in its place, if it takes the value."""
    taking = [flag.word for flag in flags.values() if flag.choices and value in flag.choices]
    near = difflib.get_close_matches(name, taking, n=1, cutoff=0.6)
    if not near:
        return "write null, or pin another release"
    return f"write null, and `{near[0]}: {value}` under `arguments`: so this release calls it; or pin another"


def _typed(serving: Serving) -> Iterator[tuple[str, SpecPath, str]]:
    yield "attention-backend", ("features", "attention_backend"), serving.features.attention_backend
    for index, backend in enumerate(serving.features.attention_fallbacks):
        yield "attention-backend", ("features", "attention_fallbacks", index), backend
    yield "log-level", ("log_level",), serving.log_level
    for name, field in (
        ("mamba-scheduler-strategy", "mamba_scheduler_strategy"),
        ("reasoning-parser", "reasoning_parser"),
        ("tool-call-parser", "tool_call_parser"),
    ):
        if (value := getattr(serving, field)) is not None:
            yield name, (field,), value


RULES = (
    Rule(
        "DN300",
        has_a_table,
        "arguments vanish between releases silently; each is held to its release's table (facts: sglang)",
    ),
    Rule(
        "DN301",
        each(Runtime.profiles, known_arguments),
        "the engine takes abbreviations, which another release may read differently, and ends at others "
        "(facts: sglang)",
    ),
    Rule(
        "DN302",
        each(Runtime.profiles, no_contradiction),
        "the last one on the command line wins, and the spec would say something that the engine does not do "
        "(facts: sglang)",
    ),
    Rule(
        "DN303",
        each(Runtime.profiles, known_choices),
        "the engine ends at start for a choice that it does not know (facts: sglang)",
    ),
)
