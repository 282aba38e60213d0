"""Secrets stay out of the spec, whose text is in git and whose outputs lie on many hosts (facts: secrets)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.rule import Finding, Rule, each
from compiler.rules.known import known
from compiler.secret_shapes import is_digest, is_secret, names_secret, secrets_in
from compiler.source.comments import comments
from compiler.spec.node import Node, children
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

_KEEP = "keep it in a parameter or a file, and name that under `secrets:` (`ssm:/…` or `file:/…`)"
_RENEW = "renew it if it was real"
_TAKE_OUT = f"take it out, and {_RENEW}; {_KEEP}. Before a hash write what it is: `sha256:…`"


def no_secret_anywhere(runtime: Runtime) -> Iterator[Finding]:
    """No text and no key of a mapping is a secret, whatever its field is for."""
    for path, value in known(runtime):
        if isinstance(value, str) and is_secret(value) and not _is_known(path, value):
            yield _found(path, f"`{dotted(path)}` {_where(value)}")
        if isinstance(value, dict):
            told = f"a key of `{dotted(path)}` looks like a secret"
            yield from (_found((*path, key), told, on_key=True) for key in value if is_secret(key))


def in_comments(lines: Sequence[str]) -> Iterator[Diagnostic]:
    """No comment of the spec's text is or holds a secret; its findings have the code of texts."""
    for span, comment in comments(lines, is_secret):
        start, _ = min(secrets_in(comment))
        yield Diagnostic(
            RULES[0].code,
            f"this comment {_where(comment.replace('#', ' ', 1))}",
            span=Span(span.line, span.column + start, span.width - start),
            reason=RULES[0].reason,
            help=_TAKE_OUT,
            secret=True,
        )


def _where(text: str) -> str:
    """That a text is a secret, or which part of it, by the words around."""
    start, end = min(secrets_in(text))
    before, after = " ".join(text[:start].split()[-3:]), " ".join(text[end:].split()[:3])
    if before:
        return f"looks like it holds a secret, after “{before}”"
    if after and not is_secret(text[end:]):
        return f"looks like it holds a secret, before “{after}”"
    return "looks like a secret"


def _is_known(path: SpecPath, value: str) -> bool:
    """Whether the other rule says it already, of an argument; or it is the hash of something public."""
    name = str(path[-1]) if path else ""
    return (path[2:3] == ("arguments",) and names_secret(name)) or is_digest(name, value)


def _found(path: SpecPath, told: str, *, on_key: bool = False) -> Finding:
    return Finding(path, told, _TAKE_OUT, on_key=on_key, secret=True)


def no_secret_by_name(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No launch argument and no tag is there to hold a secret."""
    for name in serving.arguments:
        if names_secret(name):
            path: SpecPath = ("serving", key, "arguments", name)
            problem = f"`{name}` would stand on a command line, which every account of the host can read"
            yield Finding(path, problem, f"take it out, and {_RENEW}; {_KEEP}", secret=True)
    if serving.discovery.source == "ec2":
        for name in serving.discovery.tags:
            if names_secret(name):
                yield _open_to_all(("serving", key, "discovery", "tags", name), name)


def no_secret_in_a_pair(runtime: Runtime) -> Iterator[Finding]:
    """No value stands beside a key or a name that says it is a secret."""
    for path, value in known(runtime):
        parts = dict(children(value)) if isinstance(value, Node | dict) else {}
        name = parts.get("key", parts.get("name"))
        if isinstance(name, str) and names_secret(name) and parts.get("value") is not None:
            yield _open_to_all((*path, "value"), name)


def _open_to_all(path: SpecPath, name: str) -> Finding:
    problem = f"the tag `{name}` is named after a secret, and tags are open to whoever lists instances"
    return Finding(path, problem, f"take it out, and use another tag; {_RENEW}", secret=True)


def no_named_secret(runtime: Runtime) -> Iterator[Finding]:
    """No argument, tag or pair is there to hold a secret."""
    yield from each(Runtime.profiles, no_secret_by_name)(runtime)
    yield from no_secret_in_a_pair(runtime)


def one_place_a_secret(runtime: Runtime) -> Iterator[Finding]:
    """No two secrets are kept at one place."""
    seen: dict[str, str] = {}
    for name in ("api_key", "admin_api_key", "route_sync_ssh_key"):
        place = getattr(runtime.secrets, name)
        first = seen.setdefault(place, name)
        if first != name:
            yield Finding(
                ("secrets", name),
                f"`{name}` is kept where `{first}` is: whoever has one has the other",
                "make a secret of its own, and name its place",
                related=(Related(f"`{first}` is kept here", ("secrets", first)),),
            )


RULES = (
    Rule(
        "DN087",
        no_secret_anywhere,
        "the spec is in git for ever, and parts of it lie readable on every host (facts: secrets)",
    ),
    Rule(
        "DN088",
        no_named_secret,
        "only what `secrets:` names is fetched on the host and kept from other accounts (facts: secrets)",
    ),
    Rule(
        "DN089",
        one_place_a_secret,
        "users with the administrators' key may flush caches and change weights (facts: secrets)",
    ),
)
