"""The Python of a host's release, where its root file system is there; else this compiler's own."""

from __future__ import annotations

import sys
from pathlib import Path

from compiler.artifact import Host, Place
from compiler.process import Done
from compiler.process import run as run_program
from compiler.verify import cell as cells
from compiler.verify.site import Site


def named(site: Site, place: Place) -> str:
    """The release's Python, below its root; empty where there is none of the host's version."""
    if not isinstance(place, Host):
        return ""
    host = site.runtime.hosts[place.name]
    root = site.tools.root(host.os)
    there = root is not None and cells.possible() and (root / f"usr/bin/python{host.python}").exists()
    return f"{root}/usr/bin/python{host.python}" if there else ""


def run(site: Site, place: Place, code: str, given: str) -> Done:
    """Run code with a place's tree below its working directory."""
    words = ["-I", "-B", "-c", code]
    found = named(site, place)
    if found:
        cell = cells.of_host(site, place)
        return cell.run(f"/usr/bin/{Path(found).name}", *words, given=given)
    folder = site.folder()
    site.lay(place, folder)
    return run_program([sys.executable, *words], cwd=folder, given=given, environment={"LC_ALL": "C.UTF-8"})
