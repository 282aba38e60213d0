"""Runs programs up to the moment when they have read their configuration.

A host's Python runs this, as old as 3.9, with nothing of ours beside it. It reads a JSON request and writes
one line of JSON for each fault. Paths are below the working directory.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib
import io
import json
import runpy
import sys
from pathlib import Path
from typing import Any


class Loaded(BaseException):
    """The program has its configuration; it is not to go on."""


def tell(path: str, message: str, program: str) -> None:
    """One fault."""
    sys.stdout.write(json.dumps({"path": path, "message": message, "program": program}) + "\n")


def command(config: Any, program: str, words: list[str]) -> list[tuple[str, str]]:
    """Start one program as its unit or script does: the files that it refuses, and why; "" for its words."""
    seen: list[tuple[str, str]] = []
    own = config.load

    def load(cls: type, path: str) -> None:
        try:
            own(cls, path)
        except config.ConfigError as fault:
            seen.append((path, str(fault)))
        raise Loaded

    config.load, sys.argv = load, [program, *words]
    try:
        seen += started(program)
    finally:
        config.load = own
    return seen


def started(program: str) -> list[tuple[str, str]]:
    """What a program says that ends before it has read its configuration."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            runpy.run_path(program, run_name="__main__")
    except Loaded:
        return []
    except SystemExit:
        lines = said.getvalue().strip().splitlines()
        return [("", lines[-1] if lines else "it ends without a word")]
    except Exception as fault:  # noqa: BLE001 - whatever it is, the program does not start
        return [("", f"{type(fault).__name__}: {fault}")]
    return [("", "it ends without having read a configuration")]


def classes(folder: str) -> list[type]:
    """Every class that a program of the folder loads a file with."""
    found: dict[tuple[str, str], type] = {}
    for file in sorted(Path(folder).glob("*.py")):
        text = file.read_text("utf-8")
        for node in ast.walk(ast.parse(text)) if "config.load(" in text else ():
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "config.load" and node.args:
                module = importlib.import_module(file.stem)
                cls: Any = module
                for name in ast.unparse(node.args[0]).split("."):
                    cls = getattr(cls, name)
                found.setdefault((cls.__module__, cls.__name__), cls)
    return [cls for cls in found.values() if dataclasses.is_dataclass(cls)]


def fit(cls: Any, keys: set[str]) -> float:
    """How much the fields of a class and the keys of a file have in common."""
    names = {field.name for field in dataclasses.fields(cls)}
    return len(names & keys) / max(1, len(names | keys))


def other(config: Any, path: str, known: list[type]) -> None:
    """Load a file that no command line names with the class that it is most like."""
    try:
        keys = set(json.loads(Path(path).read_text("utf-8")))
        config.load(max(known, key=lambda cls: (fit(cls, keys), cls.__name__)), path)
    except (config.ConfigError, ValueError) as fault:
        tell(path, str(fault), "")


def main() -> None:
    """Everything that is asked."""
    asked = json.load(sys.stdin)
    sys.path.insert(0, str(Path(asked["folder"]).resolve()))
    config = importlib.import_module("hostkit.config")
    for one in asked["commands"]:
        for path, message in command(config, one["program"], one["words"]):
            tell(path or one["source"], message, one["program"])
    known = classes(asked["folder"]) if asked["others"] else []
    for path in asked["others"]:
        other(config, path, known)


if __name__ == "__main__":
    main()
