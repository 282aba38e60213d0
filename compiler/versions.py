"""After stage 5: is there a directive in an output that its host's systemd or nginx does not read?

A spec says what each host has (`hosts.*.systemd`, `hosts.*.nginx`); the targets must write for that. A host
with an older systemd leaves a line out and says so in its journal alone; one with an older nginx is dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from compiler.artifact import Host
from compiler.diagnostics import Diagnostic
from compiler.formats import directives
from compiler.formats.directives import Use
from compiler.formats.unit import Unit
from compiler.render import Rendered
from compiler.spec.runtime import Runtime

_SHOWN = 3
_NGINX = "/etc/nginx/"
_REASONS = {
    "systemd": "such a systemd leaves the line out with no more than a warning, and the unit runs without it",
    "nginx": "such an nginx refuses its whole configuration, and does not start with it",
}
_ASK = {"systemd": "systemctl --version", "nginx": "nginx -v"}


def check(rendered: Sequence[Rendered], runtime: Runtime) -> list[Diagnostic]:
    """One finding for each directive, value or variable that a host's program does not read.

    What is not known to the tables at all is a finding too: no host is known to read it.
    """
    findings: list[Diagnostic] = []
    for name, host in runtime.hosts.items():
        mine = [one for one in rendered if one.planned.place == Host(name)]
        uses = {"systemd": _first(_of_units(mine)), "nginx": _first(_of_nginx(mine))}
        for program, have in host.versions.items():
            findings += _unread(uses.get(program, {}), name, program, have)
    return findings


def _first(uses: Iterable[tuple[str, Use]]) -> dict[Use, str]:
    found: dict[Use, str] = {}
    for output, use in uses:
        found.setdefault(use, output)
    return found


def _of_units(files: Sequence[Rendered]) -> Iterator[tuple[str, Use]]:
    for one in files:
        content = one.planned.artifact.content
        if isinstance(content, Unit):
            yield from ((one.planned.artifact.path, use) for use in directives.of_unit(content))


def _of_nginx(files: Sequence[Rendered]) -> Iterator[tuple[str, Use]]:
    paths = {one.planned.artifact.path: one.data for one in files}
    return directives.of_nginx(
        {path: data.decode() for path, data in paths.items() if path.startswith(_NGINX)}
    )


def _unread(uses: Mapping[Use, str], host: str, program: str, have: str) -> Iterator[Diagnostic]:
    too_new: list[tuple[Use, str]] = []
    for use, output in uses.items():
        if use.span is None:
            yield _unknown(use, output, host, program)
        elif (standing := directives.standing(use.span, have)) == "too new":
            too_new.append((use, output))
        elif standing == "gone":
            yield _gone(use, output, host, program, have)
    if too_new:
        yield _too_new(too_new, host, program, have)


def _too_new(found: Sequence[tuple[Use, str]], host: str, program: str, have: str) -> Diagnostic:
    """All that one program is too old for: a person mends it with one version."""
    use, output = found[0]
    told = f"{output} uses `{use.what}`, which {program} reads from {_begins(use)} on, and {host} has {have}"
    if more := found[1:]:
        named = ", ".join(f"`{one.what}` from {_begins(one)} on" for one, _ in more[: _SHOWN - 1])
        rest = len(found) - _SHOWN
        told += f"; so with {named}" + (f" and {rest} more" if rest > 0 else "")
    return Diagnostic(
        "DN120",
        told,
        path=("hosts", host, program),
        reason=_REASONS[program],
        help=f"if the host has a newer one (`{_ASK[program]}` tells), write that version here; otherwise "
        "update it, or have the compiler write this another way for such a host",
    )


def _begins(use: Use) -> str:
    return (use.span or "").partition("-")[0].replace(" ", " or ")


def _unknown(use: Use, output: str, host: str, program: str) -> Diagnostic:
    return Diagnostic(
        "DN121",
        f"{output} uses `{use.what}`, which no release of {program} that the compiler knows reads",
        path=("hosts", host, program),
        reason="the name is wrong or stands in the wrong place, or the compiler's table is too old",
        help=f"this is the compiler's fault, not the spec's: mend the target that writes {output}, or make "
        "the table anew with tools/directive_versions.py",
    )


def _gone(use: Use, output: str, host: str, program: str, have: str) -> Diagnostic:
    gone = (use.span or "").partition("-")[2]
    return Diagnostic(
        "DN122",
        f"{output} uses `{use.what}`, which is obsolete from {program} {gone} on, and {host} has {have}",
        path=("hosts", host, program),
        reason="a newer one leaves it out or warns of it, and a later one refuses it",
        help="have the compiler write this another way for such a host; if the host has an older one "
        f"(`{_ASK[program]}` tells), write that version here",
    )
