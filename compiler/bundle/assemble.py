"""Rendered artifacts to the bundle: every path below `generated/` with its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compiler.artifact import Host
from compiler.bundle import manifest
from compiler.render import Rendered

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


def assemble(rendered: Sequence[Rendered]) -> Bundle:
    """The whole bundle, manifests included, in order of path."""
    bundle = {one.planned.path: File(one.data, manifest.executable(one)) for one in rendered}
    for host in sorted({one.planned.place for one in rendered if isinstance(one.planned.place, Host)}):
        own = [one for one in rendered if one.planned.place == host]
        bundle[f"hosts/{host.name}/{MANIFEST}"] = File(manifest.of_host(host, own))
    bundle[MANIFEST] = File(
        manifest.of_bundle({path: (file.data, file.executable) for path, file in bundle.items()})
    )
    return dict(sorted(bundle.items()))
