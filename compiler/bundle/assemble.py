"""Rendered artifacts to the bundle: every path below `generated/` with its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from compiler.artifact import Host, Place
from compiler.bundle import manifest
from compiler.link.graph import Scope

MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class File:
    """One file of the bundle."""

    data: bytes
    executable: bool = False

    @property
    def mode(self) -> int:
        """The mode on disk and in git; the real one is in the host's manifest."""
        return 0o755 if self.executable else 0o644


Bundle = dict[str, File]


def assemble(scopes: Mapping[Place, Scope]) -> Bundle:
    """The whole bundle, manifests included, in order of path."""
    rendered = [one for scope in scopes.values() for one in scope.artifacts.values()]
    bundle = {one.planned.path: File(one.data, manifest.executable(one)) for one in rendered}
    for place, scope in scopes.items():
        if isinstance(place, Host):
            bundle[f"hosts/{place.name}/{MANIFEST}"] = File(manifest.of_host(place.name, scope))
    bundle[MANIFEST] = File(
        manifest.of_bundle({path: (file.data, file.executable) for path, file in bundle.items()})
    )
    return dict(sorted(bundle.items()))
