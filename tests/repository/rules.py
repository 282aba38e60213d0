"""The rules of this repository that no linter knows, as functions from a root to complaints."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.repository.tree import Source, python, sources

MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 50

# What a target may know of the compiler (docs/architecture.md).
OPEN_TO_TARGETS = {"artifact", "diagnostics", "formats", "process", "rule", "spec", "verify"}
# Shapes that targets share; it imports no target.
SHARED_BY_TARGETS = "common"
# Imported by a program inside the function that needs it, in the environment that has it.
OPEN_TO_PROGRAMS = {"boto3", "botocore"}

# The stages between the spec and the bundle: same spec, same bytes, whatever the machine.
PURE_STAGES = (
    "source",
    "spec",
    "rule",
    "rules",
    "artifact",
    "plan",
    "render",
    "versions",
    "link",
    "formats",
    "diagnostics",
)
IMPURE_MODULES = {
    "getpass",
    "locale",
    "platform",
    "random",
    "secrets",
    "socket",
    "subprocess",
    "time",
    "uuid",
}
IMPURE_NAMES = {"environ", "getenv", "getcwd", "gethostname", "now", "today", "uname", "utcnow"}

# The top folders of a host's file tree, and the little of it that is the same on every host.
HOST_PATH = re.compile(
    r"/(?:bin|boot|dev|etc|home|lib|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(?:/|$)"
)
PROGRAM_PATHS = re.compile(r"/(?:proc|sys)(?:/|$)|/dev/(?:null|nvidia)|/etc/os-release$|/usr/bin/env(?: |$)")

# Spelt in pieces, so that this file is not its own finding.
REGISTRIES = [
    "pypi" + ".org",
    "pythonhosted" + ".org",
    "deb.debian" + ".org",
    "npmjs" + ".org",
    "proxy.golang" + ".org",
]
MACHINE_PATH = re.compile(r"(?<![\w.}$>*~/-])/(?:home/[a-z][\w-]*|work|Users/\w+|root)/[\w.]")


def imports(root: Path) -> list[str]:
    """Who may import whom."""
    return [
        source.at(line, why)
        for source in python(root, "compiler", "targets")
        for line, module in _imported(source)
        if (why := _forbidden(source, module))
    ]


def budgets(root: Path) -> list[str]:
    """Files and functions that one can hold in one's head."""
    found = []
    for source in python(root, "compiler", "targets", "tools"):
        lines = source.text.count("\n")
        if lines > MAX_FILE_LINES:
            found.append(
                source.at(1, f"{lines} lines, more than {MAX_FILE_LINES}: split it by what its parts are for")
            )
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                long = (node.end_lineno or node.lineno) - node.lineno + 1
                if long > MAX_FUNCTION_LINES:
                    found.append(
                        source.at(node, f"{node.name} has {long} lines, more than {MAX_FUNCTION_LINES}")
                    )
    return found


def purity(root: Path) -> list[str]:
    """No stage between spec and bundle reads a clock, chance, the environment, the network or the host."""
    found = []
    for source in python(root, "compiler", "targets"):
        if source.is_program or not (source.top == "targets" or _stage(source) in PURE_STAGES):
            continue
        found += [
            source.at(line, f"imports {module[0]}: a pure stage reads nothing but its arguments")
            for line, module in _imported(source)
            if module[0] in IMPURE_MODULES
        ]
        found += [
            source.at(node, f"reads {node.attr}: a pure stage reads nothing but its arguments")
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Attribute) and node.attr in IMPURE_NAMES
        ]
    return found


def program_paths(root: Path) -> list[str]:
    """A program gets every path from its configuration, which is where link reads them."""
    return [
        source.at(line, f"{text!r}: a program's paths come from its configuration")
        for source in python(root, "targets")
        if source.is_program
        for line, text in _texts(source.tree)
        if HOST_PATH.match(text) and not PROGRAM_PATHS.match(text)
    ]


def machine(root: Path) -> list[str]:
    """No file names the machine that it was written on, or an index of packages."""
    found = []
    for source in sources(root):
        for number, line in enumerate(source.text.splitlines(), start=1):
            if MACHINE_PATH.search(line):
                found.append(source.at(number, "names a path of somebody's machine"))
            found += [source.at(number, f"names the registry {host}") for host in REGISTRIES if host in line]
    return found


def _stage(source: Source) -> str:
    """The stage of the compiler, or the target, that a file belongs to."""
    return source.module[1] if len(source.module) > 1 else ""


def _forbidden(source: Source, module: tuple[str, ...]) -> str:
    """Why this file may not import that module, or nothing."""
    if source.is_program:
        return _forbidden_to_program(source, module)
    if source.top == "compiler":
        if module[0] == "targets" and _stage(source) != "cli":
            return "only compiler.cli may import targets"
        return ""
    if module[0] == "compiler" and (len(module) < 2 or module[1] not in OPEN_TO_TARGETS):
        return f"targets import only compiler.{{{','.join(sorted(OPEN_TO_TARGETS))}}}, not {'.'.join(module)}"
    own = _stage(source)
    if own == "checks":  # targets/checks.py lists what each target checks
        return ""
    if module[0] == "targets" and own and module[1] not in {own, SHARED_BY_TARGETS}:
        return f"a target imports nothing of another: {'.'.join(module)}"
    return ""


def _forbidden_to_program(source: Source, module: tuple[str, ...]) -> str:
    siblings = {path.stem for path in (source.root / "targets").glob("*/programs/*")}
    if module[0] in sys.stdlib_module_names or module[0] in siblings | OPEN_TO_PROGRAMS:
        return ""
    return f"a program has the standard library and its siblings, not {module[0]}"


def _imported(source: Source) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each imported name with its line: `from a import b` may mean the module a.b, so b is part of it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(source, node)
            yield from ((node.lineno, (*base, alias.name)) for alias in node.names)


def _base(source: Source, node: ast.ImportFrom) -> tuple[str, ...]:
    named = tuple(node.module.split(".")) if node.module else ()
    if not node.level:
        return named
    folder = source.path.parent.parts
    if source.is_program:  # on a host they are below nothing
        folder = folder[folder.index("programs") + 1 :]
    return folder[: len(folder) - node.level + 1] + named


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string but the docstrings, with its line."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    prose = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.lineno, node.value
