"""What restarts a unit, and what reloads it: hashes over the meaning of everything that it reads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from compiler.formats.meaning import meaning
from compiler.formats.unit import Unit
from compiler.link import packages
from compiler.link.closure import read_by
from compiler.link.graph import Scope
from compiler.link.paths import matches

_LENGTH = 32


def restarts(scope: Scope) -> dict[str, str]:
    """By unit of ours, the hash of its own lines and of all that it reads when it starts."""
    return {
        path.rpartition("/")[2]: _hash(scope, read_by(scope, [path]))
        for path, one in scope.artifacts.items()
        if isinstance(one.planned.artifact.content, Unit)
    }


def reloads(scope: Scope) -> dict[str, str]:
    """By unit of a package, the hash of those of our files that it reads again on a reload."""
    found = {}
    for unit, globs in packages.readers(scope.has).items():
        starts = [path for path in scope.artifacts if any(matches(path, glob) for glob in globs)]
        if starts:
            found[unit] = _hash(scope, read_by(scope, starts))
    return found


def _hash(scope: Scope, paths: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        one = scope.artifacts[path]
        digest.update(f"{path}\0".encode())
        digest.update(hashlib.sha256(meaning(one.planned.artifact.content, one.data)).digest())
    return digest.hexdigest()[:_LENGTH]
