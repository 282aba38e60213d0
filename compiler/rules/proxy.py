"""The proxy's figures against those of what stands behind it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from compiler.spec.units import Size

# A token is four characters of English or code, their makers say; JSON and other scripts double it.
_BYTES_A_TOKEN = 8


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


def _sizes(runtime: Runtime) -> Iterator[tuple[str, Serving | None]]:
    yield from runtime.profiles()
    yield "", None


def bodies_fit(runtime: Runtime, key: str, serving: Serving | None) -> Iterator[Finding]:
    """The largest request holds a prompt of the whole context, and the buffer is no larger than it."""
    limit, buffer = runtime.proxy.body_limit, runtime.proxy.body_buffer
    path: SpecPath = ("proxy", "body_limit")
    if serving is None:
        if buffer > limit:
            told = f"the buffer for a request, {buffer}, is larger than the largest request, {limit}"
            related = (Related("the largest request", path),)
            yield Finding(("proxy", "body_buffer"), told, f"write at most {limit}", related=related)
        return
    needed = Size(_BYTES_A_TOKEN * serving.context_length)
    if limit < needed:
        told = f"{limit} is too little for a prompt of {serving.context_length} tokens to `{key}`: {needed}"
        related = (Related(f"the context of `{key}`", ("serving", key, "context_length")),)
        remedy = f"write at least {needed}, {_BYTES_A_TOKEN} bytes a token; more where prompts bring images"
        yield Finding(path, told, remedy, related=related)


RULES = (
    Rule(
        "DN052",
        closes_first,
        "whoever closes last may send a request into a connection that is gone: 502 (facts: nginx)",
    ),
    Rule(
        "DN064",
        each(_sizes, bodies_fit),
        "the proxy answers 413 to a long prompt that the engine would take (truth book, section 10)",
    ),
)
