"""Troubles with outputs as findings at the lines of the spec that made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from compiler.artifact import Docs, Place, Target
from compiler.diagnostics import Diagnostic
from compiler.link.trouble import Trouble
from compiler.origin.origins import Origins
from compiler.plan import Planned
from compiler.render import Rendered
from compiler.source.document import Document
from compiler.spec.runtime import Runtime

_FAULT = "no line of the spec made this: it is a fault of the compiler; please report it with the spec"


def placed(
    troubles: Iterable[Trouble],
    reasons: Mapping[str, str],
    rendered: Sequence[Rendered],
    document: Document,
    runtime: Runtime,
    targets: Sequence[Target],
) -> list[Diagnostic]:
    """Each trouble at the spec line that caused it, with the output's line in its words.

    The same trouble with the same output of several places is one.
    """
    planned = {(one.planned.place, one.planned.artifact.path): one.planned for one in rendered}
    origins = Origins(document, runtime, targets)
    alike: dict[object, list[Trouble]] = {}
    for one in troubles:
        said = one.message.replace(f"`{_name(one.place)}`", "")
        alike.setdefault((one.code, one.path, one.line, one.token, said, one.at), []).append(one)
    return [_placed(some, reasons[some[0].code], planned, origins) for some in alike.values()]


def _placed(
    some: Sequence[Trouble], reason: str, planned: Mapping[tuple[Place, str], Planned], origins: Origins
) -> Diagnostic:
    one = some[0]
    others = ", ".join(dict.fromkeys(_name(other.place) for other in some if other.place != one.place))
    made_by = planned[one.place, one.path].target
    path = one.at or origins.of(made_by, one.place, one.path, one.line, one.token)
    where = f"{one.place.folder}/{one.path.removeprefix('/')}" + (f":{one.line}" if one.line else "")
    return Diagnostic(
        one.code,
        f"{one.message}; so on {others}" if others else one.message,
        path=path or (),
        reason=f"{reason}; the output's line is {where}",
        help=". ".join(filter(None, (one.help, "" if path else _FAULT))),
        severity=one.severity,
    )


def _name(place: Place) -> str:
    return "the documents" if isinstance(place, Docs) else place.name
