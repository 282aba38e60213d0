"""Small bundles, and what lies on a disk, for the tests of writing and comparing."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from compiler.bundle import manifest
from compiler.bundle.assemble import MANIFEST, Bundle, File
from compiler.bundle.disk import WORK


def bundle(files: Mapping[str, str], executable: frozenset[str] = frozenset()) -> Bundle:
    """A bundle of text files with the manifest that owns them."""
    made = {path: File(text.encode(), path in executable) for path, text in files.items()}
    owned = {path: (file.data, file.executable) for path, file in made.items()}
    made[MANIFEST] = File(manifest.of_bundle(owned))
    return dict(sorted(made.items()))


def lay(out: Path, files: Mapping[str, str]) -> None:
    """Put files below a folder as a person would."""
    for path, text in files.items():
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (out / path).write_text(text)


def content(bundled: Bundle) -> dict[str, tuple[bytes, int]]:
    """What a disk should hold: bytes and mode by path."""
    return {path: (file.data, file.mode) for path, file in bundled.items()}


def on_disk(out: Path, *, work: bool = False) -> dict[str, tuple[bytes, int]]:
    """What a disk holds: files by path; folders only where they are empty."""
    found = {}
    for place in sorted(out.rglob("*")):
        path = place.relative_to(out).as_posix()
        if not work and path.split("/")[0] == WORK:
            continue
        if place.is_symlink():
            found[path] = (str(place.readlink()).encode(), 0)
        elif place.is_file():
            found[path] = (place.read_bytes(), stat.S_IMODE(place.stat().st_mode))
        elif not place.is_dir():
            found[path] = (b"something else", 0)
        elif not any(place.iterdir()):
            found[path] = (b"an empty folder", 0)
    return found


OLD = bundle(
    {
        "docs/page.md": "old",
        "hosts/a/root/etc/same": "same",
        "hosts/a/root/etc/changed": "old",
        "hosts/a/root/etc/gone": "old",
        "hosts/a/root/etc/deep/er/gone": "old",
        "hosts/a/root/opt/was-file": "old",
        "hosts/a/root/opt/was-folder/x": "old",
        "hosts/a/root/opt/was-folder/y/z": "old",
        "hosts/a/root/usr/program": "old",
        "hosts/b/root/etc/gone": "old",
    }
)
NEW = bundle(
    {
        "clients/c/new": "new",
        "docs/page.md": "new",
        "hosts/a/root/etc/same": "same",
        "hosts/a/root/etc/changed": "new",
        "hosts/a/root/opt/was-file/x/y": "new",
        "hosts/a/root/opt/was-file/z": "new",
        "hosts/a/root/opt/was-folder": "new",
        "hosts/a/root/usr/program": "old",
    },
    frozenset({"hosts/a/root/usr/program"}),
)
OTHER = bundle(
    {"docs/page.md": "other", "hosts/a/root/opt/was-file": "other", "hosts/a/root/etc/gone": "other"}
)
