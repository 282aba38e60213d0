"""Secrets stay out of the spec, whose text is in git and whose outputs lie on many hosts (facts: secrets)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.rules.known import known
from compiler.secret_shapes import is_digest, is_secret, names_secret, secrets_in
from compiler.spec.path import SpecPath, dotted
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

_KEEP = "keep it in a parameter or a file, and name that under `secrets:` (`ssm:/…` or `file:/…`)"


def no_secret_anywhere(runtime: Runtime) -> Iterator[Finding]:
    """No text and no key of a mapping is a secret, whatever its field is for."""
    for path, value in known(runtime):
        if isinstance(value, str) and is_secret(value) and not _is_known(path, value):
            yield _found(path, f"`{dotted(path)}` {_where(value)}")
        if isinstance(value, dict):
            told = f"a key of `{dotted(path)}` looks like a secret"
            yield from (_found((*path, key), told, on_key=True) for key in value if is_secret(key))


def _where(text: str) -> str:
    """That a text is a secret, or which part of it, by the words around."""
    start, end = min(secrets_in(text))
    before, after = " ".join(text[:start].split()[-3:]), " ".join(text[end:].split()[:3])
    if before:
        return f"looks like it holds a secret, after “{before}”"
    return f"looks like it holds a secret, before “{after}”" if after else "looks like a secret"


def _is_known(path: SpecPath, value: str) -> bool:
    """Whether the other rule says it already, of an argument; or it is the hash of something public."""
    name = str(path[-1]) if path else ""
    return (path[2:3] == ("arguments",) and names_secret(name)) or is_digest(name, value)


def _found(path: SpecPath, told: str, *, on_key: bool = False) -> Finding:
    return Finding(
        path,
        told,
        f"take it out, and renew it if it was real; {_KEEP}. Before a hash write what it is: `sha256:…`",
        on_key=on_key,
        secret=True,
    )


def no_secret_by_name(_: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No launch argument and no tag is there to hold a secret."""
    for name, value in serving.arguments.items():
        if isinstance(value, str) and names_secret(name):
            path: SpecPath = ("serving", key, "arguments", name)
            problem = f"`{name}` would stand on a command line, which every account of the host can read"
            yield Finding(path, problem, f"take it out; {_KEEP}", secret=True)
    if serving.discovery.source == "ec2":
        for name in serving.discovery.tags:
            if names_secret(name):
                path = ("serving", key, "discovery", "tags", name)
                problem = (
                    f"the tag `{name}` is named after a secret, and tags are open to whoever lists instances"
                )
                yield Finding(path, problem, "find workers by another tag", secret=True)


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
        each(Runtime.profiles, no_secret_by_name),
        "only what `secrets:` names is fetched on the host and kept from other accounts (facts: secrets)",
    ),
    Rule(
        "DN089",
        one_place_a_secret,
        "users with the administrators' key may flush caches and change weights (facts: secrets)",
    ),
)
