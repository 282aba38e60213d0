"""Stage 4: the runtime and the targets to artifacts by place; no bytes yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from compiler.artifact import Artifact, Host, Place, Target
from compiler.diagnostics import Diagnostic, Related
from compiler.formats.safe import Unsafe
from compiler.refusal import namers, refusal
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime

_MOST = 4


@dataclass(frozen=True, slots=True)
class Planned:
    """An artifact, the place it is for, and the target that wants it."""

    target: str
    place: Place
    artifact: Artifact

    @property
    def path(self) -> str:
        """Where it lies in the bundle."""
        return f"{self.place.folder}/{self.artifact.path.removeprefix('/')}"


def plan(runtime: Runtime, targets: Sequence[Target]) -> tuple[list[Planned], list[Diagnostic]]:
    """Every artifact of every target, in the order of their paths, and what is wrong with the set."""
    planned: list[Planned] = []
    findings: list[Diagnostic] = []
    for target in targets:
        try:
            planned.extend(of_target(runtime, target))
        except Unsafe as error:
            findings.append(refusal(error, runtime, f"a file of the target {target.name}"))
    planned.sort(key=lambda one: one.path)
    return planned, [*findings, *_bad_paths(planned), *_once(_collisions(planned, runtime))]


def of_target(runtime: Runtime, target: Target) -> Iterator[Planned]:
    """The artifacts of one target, place by place."""
    for place in target.places(runtime):
        for artifact in target.plan(runtime, place):
            yield Planned(target.name, place, artifact)


def _bad_paths(planned: Iterable[Planned]) -> Iterator[Diagnostic]:
    for one in planned:
        path = one.artifact.path
        absolute = isinstance(one.place, Host)
        parts = path.removeprefix("/").split("/")
        if path.startswith("/") != absolute or {"", ".", ".."} & set(parts):
            kind = "an absolute path" if absolute else "a relative path"
            yield Diagnostic(
                "DN101", f"the target {one.target} plans {path!r}, which is not {kind} in its shortest form"
            )


def _collisions(planned: Sequence[Planned], runtime: Runtime) -> Iterator[Diagnostic]:
    owners: dict[str, str] = {}
    for one in planned:
        if one.path in owners:
            yield _collision(runtime, one.path, owners[one.path], one.target)
        owners.setdefault(one.path, one.target)
    for path, target in owners.items():
        for parent in PurePosixPath(path).parents:
            if str(parent) in owners:
                yield _collision(runtime, str(parent), owners[str(parent)], target)


def _once(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """A name that collides on many hosts is said once."""
    said: set[SpecPath] = set()
    for one in found:
        if one.path not in said:
            yield one
        said.update({one.path} - {()})


def _collision(runtime: Runtime, path: str, first: str, second: str) -> Diagnostic:
    """Two outputs at one path, said at the last of the names that lead to it."""
    *others, last = namers(runtime, path) or [()]
    return Diagnostic(
        "DN102",
        f"two outputs want {path}: one of the target {first}, one of {second}",
        path=last,
        reason="one of them would be lost",
        help="two names in the spec that lead to one file name are the usual cause: rename one",
        related=tuple(Related("this is the same name", one) for one in others[:_MOST]),
    )
