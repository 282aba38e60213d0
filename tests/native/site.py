"""The real spec, compiled in memory, and its hosts' trees laid out as they come to stand on a host."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from compiler.bundle.assemble import Bundle
from compiler.pipeline import compile_document
from compiler.source import read_text
from compiler.spec import load
from compiler.spec.runtime import Runtime
from targets import TARGETS

ROOT = Path(__file__).parents[2]
SPEC = ROOT / "specs" / "runtime.yaml"


@dataclass(frozen=True)
class Site:
    """What the spec says, and what it compiles to."""

    runtime: Runtime
    bundle: Bundle

    def tree(self, host: str) -> dict[str, bytes]:
        """A host's files, by absolute path."""
        folder = f"hosts/{host}/root"
        return {
            path.removeprefix(folder): file.data
            for path, file in self.bundle.items()
            if path.startswith(f"{folder}/")
        }

    def files(self, host: str) -> list[dict[str, Any]]:
        """The host's manifest's files: path, mode, owner, keep."""
        found = json.loads(self.bundle[f"hosts/{host}/manifest.json"].data)["files"]
        assert isinstance(found, list)
        return found

    def lay(self, host: str, root: Path, without: tuple[str, ...] = ()) -> None:
        """Put a host's files below a folder, with the modes that they have on the host."""
        tree = self.tree(host)
        for file in self.files(host):
            if file["path"] in without:
                continue
            place = root / file["path"].lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(tree[file["path"]])
            place.chmod(int(file["mode"], 8))

    def units(self, host: str) -> dict[str, str]:
        """The host's units, by file name."""
        return {
            path.rpartition("/")[2]: data.decode()
            for path, data in self.tree(host).items()
            if path.startswith("/etc/systemd/system/")
        }

    def json(self, host: str, name: str) -> Any:
        """One of the host's JSON configurations."""
        return json.loads(self.tree(host)[f"{self.runtime.layout.etc}/{name}.json"])

    def role(self, role: str) -> str:
        """The host of a role; the real spec has one of each."""
        (name,) = (name for name, host in self.runtime.hosts.items() if host.role == role)
        return name


@functools.cache
def compiled(*changes: tuple[str, str]) -> Site:
    """The real spec; each change replaces a text that stands in it once."""
    text = SPEC.read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {SPEC.name}"
        text = text.replace(old, new)
    document, findings = read_text(text, SPEC.name)
    assert document is not None, findings
    done = compile_document(document, SPEC.parent, TARGETS)
    runtime = load.load(document).runtime
    told = "\n".join(f"{one.code} {one.message}" for one in done.findings)
    assert done.bundle is not None and runtime is not None, told
    return Site(runtime, done.bundle)
