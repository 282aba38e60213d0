"""A list of findings that a person can take in, however many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from compiler.diagnostics import Diagnostic, Span

MOST = 50


def bounded(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The findings in their order, of each code the first 50; one more says how many are left out."""
    kept: list[Diagnostic] = []
    counts: Counter[str] = Counter()
    left_out: dict[str, Span | None] = {}
    for one in findings:
        counts[one.code] += 1
        if counts[one.code] <= MOST:
            kept.append(one)
        else:
            left_out.setdefault(one.code, one.span)
    return [*kept, *(_more(code, counts[code] - MOST, where) for code, where in left_out.items())]


def _more(code: str, count: int, where: Span | None) -> Diagnostic:
    return Diagnostic(
        code,
        f"and {count} more of this kind, from here on",
        span=where,
        help="mend those above, and run the command again",
    )
