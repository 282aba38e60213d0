"""The proxy's figures against those of what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule
from compiler.rules.others import of_all
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.units import Size

# A token is four characters of English or code, their makers say; JSON and other scripts double it.
_BYTES_A_TOKEN = 8
# Prompts with images are some times larger than their text; a quarter of a gigabyte harms no disk.
_TIMES = 64
_ALWAYS = Size(256 * 2**20)


def closes_first(runtime: Runtime) -> Iterator[Finding]:
    """The proxy keeps an idle connection for less time than the engine does."""
    proxy, engine = runtime.proxy.keepalive.timeout, runtime.engine.keep_alive
    if proxy >= engine:
        yield Finding(
            ("proxy", "keepalive", "timeout"),
            f"the proxy keeps an idle connection for {proxy}, and the engine for {engine}",
            f"write less than {engine} here, or more than {proxy} as `engine.keep_alive`",
            related=(Related("the engine's time", ("engine", "keep_alive")),),
        )


def _longest(runtime: Runtime) -> tuple[str, int]:
    """The profile with the longest context, and its tokens."""
    contexts = of_all(runtime.profiles(), lambda one: one.context_length)
    return max(contexts, key=lambda one: one[1], default=("", 0))


def bodies_fit(runtime: Runtime) -> Iterator[Finding]:
    """The largest request holds a prompt of the whole context, and the buffer is no larger than it."""
    limit = runtime.proxy.body_limit
    path: SpecPath = ("proxy", "body_limit")
    key, context = _longest(runtime)
    needed = Size(_BYTES_A_TOKEN * context)
    if limit < needed:
        told = f"{limit} is too little for a prompt of {context} tokens to `{key}`: {needed}"
        related = (Related(f"the context of `{key}`", ("serving", key, "context_length")),)
        remedy = f"write at least {needed}, {_BYTES_A_TOKEN} bytes a token; more where prompts bring images"
        yield Finding(path, told, remedy, related=related)
    elif runtime.proxy.body_buffer > limit:
        told = f"the buffer for a request, {runtime.proxy.body_buffer}, is larger than the largest, {limit}"
        related = (Related("the largest request", path),)
        yield Finding(("proxy", "body_buffer"), told, f"write at most {limit}", related=related)


def spools_little(runtime: Runtime) -> Iterator[Finding]:
    """The largest request is not many times what a prompt of the whole context needs."""
    limit = runtime.proxy.body_limit
    needed = Size(_BYTES_A_TOKEN * _longest(runtime)[1])
    most = Size(max(_TIMES * needed.bytes, _ALWAYS.bytes))
    if limit > most:
        told = f"a request may bring {limit}, and a prompt of the whole context needs {needed}"
        related = (Related("what is larger than this goes to disk", ("proxy", "body_buffer")),)
        remedy = f"write at most {most}; or waive this, and say what is so large and where it finds room"
        yield Finding(("proxy", "body_limit"), told, remedy, related=related)


RULES = (
    Rule(
        "DN052",
        closes_first,
        "whoever closes last may send a request into a connection that is gone: 502 (facts: nginx)",
    ),
    Rule(
        "DN064",
        bodies_fit,
        "the proxy answers 413 to a long prompt that the engine would take (truth book, section 10)",
    ),
    Rule(
        "DN134",
        spools_little,
        "a request is spooled before it is passed on, and a few large ones fill the disk "
        "(nginx: client_body_buffer_size)",
        waivable=True,
    ),
)
