"""Very many mistakes: the first are said, and of the others how many they are.

The pipeline bounds what is shown of any code; here, nothing is worked out that would not be shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from compiler.diagnostics import Diagnostic
from compiler.source.bounded import MOST
from compiler.source.document import Document

T = TypeVar("T")


def shown(
    document: Document, items: Sequence[T], told: Callable[[T], Diagnostic], more: int = 0
) -> list[Diagnostic]:
    """What is said of the first items, each once and with its span, and of how many nothing is said.

    `more` are others that are not among the items.
    """
    found = [*dict.fromkeys(document.locate(told(one)) for one in items[:MOST])]
    rest = max(0, len(items) - MOST) + more
    return [*found, _more(found[-1], rest)] if rest else found


def _more(last: Diagnostic, count: int) -> Diagnostic:
    return Diagnostic(
        "DN026",
        f"{count} more finding{'s' * (count > 1)} of this kind {'are' if count > 1 else 'is'} not shown",
        path=last.path,
        on_key=last.on_key,
        span=last.span,
        reason=f"{MOST} are more than anybody mends at once, and most of them may have one cause",
        help="mend those above, and run the command again",
    )
