"""Models that are not served do not come in by an argument: as a draft or a tokenizer (section 4)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.diagnostics import Related
from compiler.rule import Finding, Rule, each
from compiler.spec.argument_words import words_in
from compiler.spec.models import Primary
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

_STATUS = {"staged": "is kept for trials", "rejected": "was turned down"}


def no_side_door(runtime: Runtime, key: str, serving: Serving) -> Iterator[Finding]:
    """No argument names a model that is staged or was turned down, by its repository or its folder."""
    barred = {
        name: one.repository.lower()
        for name, one in sorted(runtime.models.items())
        if not isinstance(one, Primary)
    }
    served = {one.repository.lower() for one in runtime.models.values() if isinstance(one, Primary)}
    for argument, value in sorted(serving.arguments.items()):
        words = [word.lower() for word in words_in(value)]
        for name, repository in barred.items():
            if repository not in served and any(_is_of(word, repository) for word in words):
                model = runtime.models[name]
                yield Finding(
                    ("serving", key, "arguments", argument),
                    f"`{argument}` brings in {model.repository}, which {_STATUS[model.status]}",
                    f"take it out; or make `{name}` a primary model first, with what that needs",
                    related=(Related("the model", ("models", name, "status")),),
                )
                break


def _is_of(word: str, repository: str) -> bool:
    """Whether a word is a repository, one of its files, or the folder that it is kept in."""
    return f"/{repository}/" in f"/{word}/" or repository.replace("/", "-") in word.split("/")


RULES = (
    Rule(
        "DN352",
        each(Runtime.profiles, no_side_door),
        "a staged model never touches what is served, and one that was turned down is not run by another "
        "name (truth book, section 4)",
    ),
)
