"""Complaints of consumers as findings at the lines of the spec that caused them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.diagnostics import Diagnostic
from compiler.link.trouble import Trouble
from compiler.origin.placing import placed
from compiler.verify.run import Answer
from compiler.verify.site import Site


def findings(site: Site, answers: Sequence[Answer], *, require_tools: bool) -> list[Diagnostic]:
    """Every complaint, and with `require_tools` every check that was not made."""
    troubles = [one for answer in answers for one in _troubles(answer)]
    reasons = {
        answer.check.code: f"{answer.check.name} reads the file as its host will" for answer in answers
    }
    rendered = [one for scope in site.scopes.values() for one in scope.artifacts.values()]
    found = placed(troubles, reasons, rendered, site.document, site.runtime, site.targets) if troubles else []
    return [*found, *_unmade(answers)] if require_tools else found


def _troubles(answer: Answer) -> Iterator[Trouble]:
    place, check = answer.subject.place, answer.check
    for one in answer.found:
        yield Trouble(
            check.code,
            place,
            one.path,
            one.line,
            one.token,
            f"{check.name}: {one.message}",
            one.help,
            at=tuple(one.at.split(".")) if one.at else (),
        )


def _unmade(answers: Sequence[Answer]) -> Iterator[Diagnostic]:
    told = {(one.check.name, one.unable) for one in answers if one.unable and not one.check.optional}
    for name, why in sorted(told):
        yield Diagnostic(
            "DN490",
            f"the check {name} was not made: {why}",
            help="`make tools` as root installs it; without --require-tools this is no error",
        )
