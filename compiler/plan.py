"""Stage 4: the runtime and the targets to artifacts by place; no bytes yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from compiler.artifact import Artifact, Host, Place, Target
from compiler.diagnostics import Diagnostic
from compiler.formats.safe import Unsafe
from compiler.refusal import refusal
from compiler.spec.runtime import Runtime


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
    return planned, [*findings, *_bad_paths(planned), *_collisions(planned)]


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


def _collisions(planned: Sequence[Planned]) -> Iterator[Diagnostic]:
    owners: dict[str, str] = {}
    for one in planned:
        if one.path in owners:
            yield _collision(one.path, owners[one.path], one.target)
        owners.setdefault(one.path, one.target)
    for path, target in owners.items():
        for parent in PurePosixPath(path).parents:
            if str(parent) in owners:
                yield _collision(str(parent), owners[str(parent)], target)


def _collision(path: str, first: str, second: str) -> Diagnostic:
    return Diagnostic(
        "DN102",
        f"two outputs want {path}: one of the target {first}, one of {second}",
        reason="one of them would be lost",
        help="two names in the spec that lead to one file name are the usual cause: rename one",
    )
