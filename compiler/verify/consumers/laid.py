"""Files of a place below a folder of our own, for tools that read no others, and what they say of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from compiler.artifact import Place
from compiler.verify.site import Site, lay


def laid(site: Site, place: Place, paths: Iterable[str]) -> Path:
    """A new folder with some files of a place, each below it as at its place."""
    folder = site.folder()
    for path in paths:
        lay(folder / path.lstrip("/"), site.files(place)[path])
    return folder


def places(site: Site) -> Iterator[Place]:
    """Hosts, clients and the folder of pages."""
    yield from site.scopes


def path_of(place: Place, relative: str) -> str:
    """What a path below a laid folder is called at its place."""
    return f"/{relative}" if place.folder.startswith("hosts/") else relative
