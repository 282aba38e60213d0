"""The manifests: what a host gets and how, and what the bundle as a whole owns.

Nothing in them tells when, where or from which sources they were made: the same tree has the same manifest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from compiler.bundle.nar import tree_hash
from compiler.formats.json import Json, Value, canonical
from compiler.formats.unit import Unit
from compiler.link.graph import Scope
from compiler.link.restarts import reloads, restarts
from compiler.render import Rendered

VERSION = 1


def sha256(data: bytes) -> str:
    """The hash as hexadecimal text."""
    return hashlib.sha256(data).hexdigest()


def of_host(host: str, scope: Scope) -> bytes:
    """The manifest of one host: each file with its real mode and owner, each unit, the tree's hashes."""
    rendered = list(scope.artifacts.values())
    files: list[Value] = [_file(one) for one in rendered]
    actions: dict[str, Value] = {"files": files, "units": _units(rendered, scope)}
    tree = {one.planned.artifact.path.removeprefix("/"): (one.data, executable(one)) for one in rendered}
    return Json(
        {
            "version": VERSION,
            "host": host,
            "generation": sha256(canonical(actions))[:32],
            "tree": tree_hash(tree),
            **actions,
        }
    ).render()


def _file(one: Rendered) -> dict[str, Value]:
    artifact = one.planned.artifact
    return {
        "path": artifact.path,
        "sha256": sha256(one.data),
        "mode": f"{artifact.mode:04o}",
        "owner": artifact.owner,
        "group": artifact.group,
        "target": one.planned.target,
        "keep": artifact.keep,
    }


def _units(rendered: Iterable[Rendered], scope: Scope) -> dict[str, Value]:
    """Our units, each enabled or not, with the hash that restarts it; packages' that read our files."""
    enabled = {
        PurePosixPath(one.planned.artifact.path).name: one.planned.artifact.content.enabled
        for one in rendered
        if isinstance(one.planned.artifact.content, Unit)
    }
    ours: dict[str, Value] = {
        name: {"enabled": enabled[name], "restart": what} for name, what in restarts(scope).items()
    }
    theirs: dict[str, Value] = {name: {"reload": what} for name, what in reloads(scope).items()}
    return {**dict(sorted(ours.items())), **dict(sorted(theirs.items()))}


def executable(one: Rendered) -> bool:
    """Whether git and rsync carry the file as executable."""
    return bool(one.planned.artifact.mode & 0o100)


def of_bundle(files: Mapping[str, tuple[bytes, bool]]) -> bytes:
    """The manifest of the whole bundle: every file that the compiler owns, so that it removes no other."""
    listed = {
        path: {"sha256": sha256(data), "mode": "0755" if can_run else "0644"}
        for path, (data, can_run) in sorted(files.items())
    }
    return Json({"version": VERSION, "files": listed}).render()
