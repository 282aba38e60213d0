"""What a rule is: a code, a reason, and a function that finds where it is broken."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from compiler.diagnostics import Edit, Related, Severity
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.unknown import Unknown

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a rule is broken, in words, and what to write instead.

    `related` are other places that have to do with it; `edits` mend it for certain. `severity` is the rule's,
    unless this finding has another: what could not be checked is a note. With `secret`, what stands at the
    place is shown nowhere.
    """

    path: SpecPath
    message: str
    help: str
    on_key: bool = False
    related: tuple[Related, ...] = ()
    edits: tuple[Edit, ...] = ()
    severity: Severity | None = None
    secret: bool = False


Check = Callable[[Runtime], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its stable code, the function that checks it, and why it exists.

    The reason cites the truth book's section or the fact behind it. A `waivable` rule can be waived at the
    place where it fires, with a reason (`waive:`). Title, examples and more words stand in `pages/CODE.md`
    beside the function's module.
    """

    code: str
    check: Check
    reason: str
    severity: Severity = "error"
    waivable: bool = False

    @property
    def page(self) -> Path:
        """The rule's page."""
        function = inspect.unwrap(self.check)
        return Path(inspect.getfile(function)).parent / "pages" / f"{self.code}.md"


def each(
    entries: Callable[[Runtime], Iterable[tuple[str, E]]],
    check: Callable[[Runtime, str, E], Iterable[Finding]],
) -> Check:
    """A check of every entry of a table by itself.

    In a spec with mistakes, what is not known of one entry hides nothing of the others.
    """

    def of_all(runtime: Runtime) -> Iterator[Finding]:
        for key, entry in entries(runtime):
            try:
                yield from check(runtime, key, entry)
            except Unknown:
                continue

    of_all.__wrapped__ = check  # type: ignore[attr-defined]
    return of_all
