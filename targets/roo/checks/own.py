"""roo-zod: the client's own schema reads the settings file, and whatever it drops is a complaint.

It is in the package of the client's types, which `make tools` puts into the user's cache folder, at the
versions and hashes of targets/roo/client/package-lock.json.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from compiler.process import run
from compiler.verify.cache import default_folder
from compiler.verify.check import Check, Found, Subject, Unable
from compiler.verify.json_lines import dotted
from compiler.verify.site import Site
from compiler.verify.tools import digest
from targets.roo.checks.settings import HERE, read, subjects

CLIENT = HERE.parent / "client"
LOCK = CLIENT / "package-lock.json"


def installed() -> Path:
    """Where the package of this lock is put, or would be."""
    return default_folder().parent / "roo" / digest([LOCK.read_bytes()])[:16]


def checked(site: Site, subject: Subject) -> Iterator[Found]:
    """What the client's own schema refuses and drops.

    Raises:
        Unable: the package is not installed, or node cannot run it.
    """
    settings = read(site, subject)
    node = site.tools.program("node")
    (path,) = subject.paths
    text = site.files(subject.place)[path].data
    folder = site.folder()
    (folder / "settings.json").write_bytes(text)
    (answer,) = ask(str(node), folder, [folder / "settings.json"])
    for one in answer:
        yield settings.found(one["path"], f"{dotted(one['path'])}: {one['message']}")


def ask(node: str, folder: Path, files: Sequence[Path]) -> list[list[dict[str, Any]]]:
    """What it says of each file, in their order; `folder` is an empty one to work in.

    Raises:
        Unable: the package is not installed, or node cannot run it.
    """
    package = installed() / "node_modules"
    if not package.is_dir():
        raise Unable("the client's types are not installed")
    for script in ("file.mjs", "read.mjs"):
        shutil.copyfile(CLIENT / script, folder / script)
    (folder / "node_modules").symlink_to(package)  # a script finds packages beside itself
    done = run([node, "read.mjs", *map(str, files)], cwd=folder)
    if done.code:
        raise Unable(f"node ended with {done.code}: {done.err.strip().splitlines()[-1:]}")
    answers: list[list[dict[str, Any]]] = json.loads(done.out)
    return answers


CHECKS = (Check("roo-zod", "DN434", ("node",), subjects, checked),)
