"""Parsers for tool calls and thoughts, which an editor behind a profile needs (facts: roo).

Which parser a model needs is not written in its name; but whoever made the release named its parsers after
the families of models, so that the release's own list, held against the model's names, is a good guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.clients import Roo
from compiler.spec.models import Stored
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving
from targets.sglang.flags import table

# Families of which every model thinks before it answers, by their tool parser, and the parser for that.
_THINKING = {
    "glm": "glm45",
    "glm45": "glm45",
    "glm47": "glm45",
    "gpt-oss": "gpt-oss",
    "minimax-m2": "minimax",
    "step3": "step3",
}
_ANY = "auto"


def _edited(runtime: Runtime) -> Iterator[tuple[str, str]]:
    """Each profile with an editor behind one of its routes, and that editor: what lacks is said once."""
    first: dict[str, str] = {}
    for key, client in sorted(runtime.clients.items()):
        if isinstance(client, Roo):
            first.setdefault(runtime.public.routes[client.route].serving, key)
    yield from sorted(first.items())


def tools_are_parsed(runtime: Runtime, name: str, client: str) -> Iterator[Finding]:
    """The profile behind an editor has a parser for tool calls."""
    serving = runtime.serving[name]
    if serving.tool_call_parser is None:
        choices = _choices(runtime, "--tool-call-parser")
        *others, last = alike(choices, runtime.primary(serving)) or choices or ("one that the release has",)
        listed = f"{', '.join(others)} or {last}" if others else last
        yield Finding(
            ("serving", name, "tool_call_parser"),
            f"`{client}` calls tools natively, and `{name}` has no parser for them",
            f"write the parser of the model's family: {listed}",
            related=(Related("this client uses the profile", ("clients", client, "route")),),
        )


def thoughts_are_parsed(runtime: Runtime, name: str, client: str) -> Iterator[Finding]:
    """A model of a family that thinks aloud has a parser for its thoughts."""
    serving = runtime.serving[name]
    if serving.reasoning_parser is not None:
        return
    wanted = _THINKING.get(serving.tool_call_parser or "") or _guess(runtime, serving)
    if wanted is not None:
        yield Finding(
            ("serving", name, "reasoning_parser"),
            f"the model of `{name}` is of a family that thinks aloud, and `{client}` would show its thoughts "
            "as answers",
            f"write {wanted}; or waive this, if the model does not think",
            related=(
                Related("this client uses the profile", ("clients", client, "route")),
                Related("the model", ("models", serving.model), on_key=True),
            ),
        )


def _choices(runtime: Runtime, flag: str) -> tuple[str, ...]:
    known = (table(runtime.engine.version) or {}).get(flag)
    return tuple(str(one) for one in (known and known.choices) or () if one not in (None, _ANY))


def _guess(runtime: Runtime, serving: Serving) -> str | None:
    """The parser for thoughts with the longest name that one of the model's names begins with."""
    choices = _choices(runtime, "--reasoning-parser")
    named = list(beginnings(choices, runtime.primary(serving)))
    return max(named, key=len, default=None)


def beginnings(choices: Iterable[str], model: Stored) -> Iterator[str]:
    """The choices with which a name of the model begins, punctuation aside."""
    names = [_plain(model.repository.rpartition("/")[2]), _plain(model.family)]
    return (one for one in choices if any(name.startswith(_plain(one)) for name in names))


def alike(choices: Iterable[str], model: Stored) -> tuple[str, ...]:
    """The choices that begin with the same word as a name of the model."""
    names = (model.repository.rpartition("/")[2], model.family)
    words = tuple(one[0] for one in (re.match(r"[a-z]{3,}", _plain(name)) for name in names) if one)
    same = [one for one in choices if _plain(one).startswith(words)] if words else []
    return tuple(dict.fromkeys([*same, *beginnings(choices, model)]))


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


RULES = (
    Rule(
        "DN321",
        each(_edited, tools_are_parsed),
        "without it the editor sees plain text and does nothing (facts: roo)",
    ),
    Rule(
        "DN322",
        each(_edited, thoughts_are_parsed),
        "thoughts end up in files and in the next prompt (facts: roo)",
        severity="warning",
        waivable=True,
    ),
)
