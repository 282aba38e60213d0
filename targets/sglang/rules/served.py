"""Arguments that change what is served, where it is kept, or what the engine builds (sections 5, 8, 10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.argument_words import words_in
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets.sglang.needs import NEEDS

_HOST_MEMORY = "keeps weights or cache in the host's memory"
_OTHER_API = "gives an API other than the one that routes and clients expect"
_PART = "leaves a part of the answer to another server"
_CHANGES = {
    "cpu-offload-gb": _HOST_MEMORY,
    "offload-group-size": _HOST_MEMORY,
    "ple-offload-embedding": _HOST_MEMORY,
    "enable-lmcache": _HOST_MEMORY,
    "enable-flexkv": _HOST_MEMORY,
    "enable-hisparse": _HOST_MEMORY,
    "hicache-storage-backend": _HOST_MEMORY,
    "disaggregation-decode-enable-offload-kvcache": _HOST_MEMORY,
    "disaggregation-mode": _PART,
    "encoder-only": _PART,
    "language-only": _PART,
    "grpc-mode": _OTHER_API,
    "smg-grpc-mode": _OTHER_API,
    "is-embedding": _OTHER_API,
    "skip-tokenizer-init": _OTHER_API,
    "ssl-certfile": _OTHER_API,
    "ssl-keyfile": _OTHER_API,
    "json-model-override-args": "changes the model behind the figures of `models`",
    "enable-custom-logit-processor": "runs Python that any client sends along",
    "allow-auto-truncate": "cuts prompts that are too long, and tells nobody",
    "delete-ckpt-after-loading": "deletes the weights from the NVMe once they are loaded",
}
_OFF = (None, False, 0, -1, "null", "{}")
# On disk, by the names of all releases that have a table; a URL's path and ids of a hub are none.
_DISK = re.compile(r"-(dir|folder|file|certfile|keyfile|ca-certs)$|(?<!root|-per|odel|izer)-paths?$")
_NO_PATH = ("export-metrics-to-file",)
_LEAST_WATCHDOG = 60  # seconds; the engine's own are 300, and one chunk of prefill takes some


def _by_value(name: str, value: object) -> str | None:
    """What an argument does that is harmless with other values."""
    if (name, value) == ("load-format", "dummy"):
        return "loads random weights"
    if name == "device" and value != "cuda":
        return f"leaves the GPUs idle and computes on `{value}`"
    if name == "watchdog-timeout" and isinstance(value, int | float) and value < _LEAST_WATCHDOG:
        return f"ends the engine at the first batch that takes longer than {value:g} s"
    return None


def serves_what_is_written(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No further argument changes the API, the model, or where its memory is."""
    for name, value in sorted(serving.arguments.items()):
        does = _CHANGES.get(name) if value not in _OFF else None
        does = does or _by_value(name, value)
        if does is not None:
            yield _changed(key, name, does)


def _changed(key: str, name: str, does: str) -> Finding:
    return Finding(
        ("serving", key, "arguments", name),
        f"`{name}` {does}",
        f"take it out; or waive this for `{name}` in `serving.{key}`, and say why",
        on_key=True,
    )


def absolute_paths(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """A directory or file among the arguments is named from the root."""
    for name, value in sorted(serving.arguments.items()):
        on_disk = _DISK.search(name) and name not in _NO_PATH
        if on_disk and not _from_the_root(value):
            yield Finding(
                ("serving", key, "arguments", name),
                f"`{name}` is not absolute: it would depend on the unit's directory and user",
                "write it from the root, below the worker's NVMe",
            )


def _from_the_root(value: object) -> bool:
    """Whether each path of a list is absolute; of JSON, whose texts are names as well, one of them."""
    judge = any if str(value).startswith(("{", "[")) else all
    return judge(word.startswith("/") for word in words_in(value))


def can_build(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """The engine names what its attention backend needs for building its kernels."""
    backend = serving.features.attention_backend
    by = (Related("the backend", ("serving", key, "features", "attention_backend")),)
    for field, any_of in NEEDS.get(backend, ()):
        path: SpecPath = ("engine", field)
        if not set(any_of) & set(getattr(runtime.engine, field)):
            yield Finding(
                path,
                f"`{key}` runs with {backend}, which needs {' or '.join(any_of)} among the {field}",
                f"add `{any_of[0]}`",
                related=by,
            )


RULES = (
    Rule(
        "DN313",
        each(Runtime.profiles, serves_what_is_written),
        "routes, clients and the fit believe the fields; host-memory spill was not safe in production "
        "(truth book, sections 10 and 13)",
        waivable=True,
    ),
    Rule(
        "DN314",
        each(Runtime.profiles, absolute_paths),
        "what the engine writes belongs on the NVMe, and only an absolute path can be held to it "
        "(truth book, section 9)",
    ),
    Rule(
        "DN315",
        each(Runtime.profiles, can_build),
        "the backend builds its kernels on first run, and the check of health imports it "
        "(truth book, sections 5 and 8)",
    ),
)
