"""The editor's own types, a package of node: installed for `verify`, and read for its schema.

    roo_client.py install            into the user's cache folder, by the lock in targets/roo/client/
    roo_client.py schema [VERSION]   settings.schema.json anew, with VERSION of another version's types

No script of a package is run, and every file has the hash that the lock says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from targets.roo.checks.own import CLIENT, installed
from targets.roo.checks.settings import SCHEMA

_TYPES = "@roo-code/types"
_QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
_VERSION = re.compile(r"\d+\.\d+\.\d+")


class Failed(Exception):
    """What could not be done, in words."""


def install(folder: Path) -> None:
    """The packages of the lock, into `folder/node_modules`; nothing is done where they are."""
    if (folder / "node_modules").is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        part = _copy(Path(made) / "part")
        _npm(part, "ci")
        shutil.rmtree(folder, ignore_errors=True)
        part.rename(folder)


def schema(version: str) -> str:
    """The derived schema's text; with a version, package.json and its lock are written for it first."""
    with tempfile.TemporaryDirectory() as made:
        part = _copy(Path(made) / "part")
        if version:
            _pin(part / "package.json", version)
            _npm(part, "install", "--package-lock-only", "--omit-lockfile-registry-resolved")
        _npm(part, "ci")
        text = _run(part, "node", "derive.mjs")
        if version:
            for name in ("package.json", "package-lock.json"):
                shutil.copyfile(part / name, CLIENT / name)
        return text


def _copy(folder: Path) -> Path:
    shutil.copytree(CLIENT, folder)
    return folder


def _pin(package: Path, version: str) -> None:
    """Another version of the types, with the version of zod that they are written for."""
    asked = _run(package.parent, "npm", "view", "--json", f"{_TYPES}@{version}", "dependencies")
    value = json.loads(package.read_text("utf-8"))
    value["dependencies"] |= {_TYPES: version, "zod": json.loads(asked)["zod"]}
    package.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


def _npm(folder: Path, *words: str) -> None:
    _run(folder, "npm", *words, *_QUIET)


def _run(folder: Path, *argv: str) -> str:
    try:
        done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)
    except OSError as error:
        raise Failed(f"{argv[0]}: {error.strerror}") from error
    if done.returncode:
        raise Failed(f"{' '.join(argv[:2])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def main(argv: list[str]) -> int:
    """Do what is asked: 0 done, 1 it cannot be done, 2 wrong usage."""
    match argv:
        case ["install"]:
            work = _install
        case ["schema", *rest] if len(rest) < 2 and all(map(_VERSION.fullmatch, rest)):
            work = lambda: _schema("".join(rest))  # noqa: E731
        case _:
            print("usage: roo_client.py install | schema [VERSION]", file=sys.stderr)
            return 2
    try:
        return work()
    except Failed as why:
        print(f"roo_client: {why}", file=sys.stderr)
        return 1


def _install() -> int:
    """Without npm the check is not made, which is an error under CI only, as with every tool."""
    try:
        install(installed())
    except Failed as why:
        print(f"missing: the editor's types ({why}); the check that asks them is not made", file=sys.stderr)
        return int(os.environ.get("CI") == "true")
    return 0


def _schema(version: str) -> int:
    text = schema(version)
    SCHEMA.write_text(text, "utf-8")
    print(f"{json.loads(text)['x-types']}: {len(text)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
