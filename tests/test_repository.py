"""The repository holds itself to its rules: linters, types, layers, budgets, no first spec in code.

Each check is a function from a root to complaints (tests/repository/), and each is shown a planted fault.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.repository import linters, rules, words
from tests.repository.tree import sources

ROOT = Path(__file__).parents[1]
SPEC = ROOT / "specs" / "runtime.yaml"
Check = Callable[[Path], list[str]]

CHECKS: list[Check] = [
    linters.ruff,
    linters.ruff_format,
    linters.mypy,
    linters.mypy_programs,
    linters.mypy_program_tests,
    linters.shellcheck,
    linters.shfmt,
    rules.imports,
    rules.budgets,
    rules.purity,
    rules.program_paths,
    rules.machine,
]


def name(check: Check) -> str:
    return check.__name__


@pytest.mark.parametrize("check", CHECKS, ids=name)
def test_the_repository_passes(check: Check):
    complaints = check(ROOT)
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


def long_function(lines: int) -> str:
    return "def f() -> None:\n" + "    f()\n" * (lines - 1)


PROGRAM = "targets/x/programs/tool.py"
PLANTED = [
    # check, file, text, part of the complaint
    (linters.ruff, "compiler/x.py", '"""x."""\n\nimport os\n', "F401"),
    (linters.ruff, "compiler/x.py", '"""x."""\n\nprint(1)\n', "T201"),
    (linters.ruff, "compiler/x.py", '"""x."""\n\nimport subprocess\n\nsubprocess.run([])\n', "TID251"),
    (linters.ruff, "compiler/x.py", '"""x."""\n\nimport boto3\n\nboto3.client()\n', "TID253"),
    (linters.ruff, PROGRAM, '"""x."""\n\nmatch 1:\n    case _:\n        pass\n', "3.9"),
    (linters.ruff_format, "compiler/x.py", "x = 'a'\n", "compiler/x.py"),
    (linters.mypy, "compiler/x.py", "def f(x):\n    return x\n", "no-untyped-def"),
    (linters.mypy, "compiler/x.py", "x: int = ''\n", "assignment"),
    (linters.mypy_programs, PROGRAM, "from enum import StrEnum\n\nx = StrEnum\n", "StrEnum"),
    (linters.mypy_programs, PROGRAM, "import hostkit\n", "hostkit"),
    (linters.mypy_program_tests, "tests/programs/test_x.py", "import tool\n\nx: int = ''\n", "assignment"),
    (linters.shellcheck, "tools/x.sh", "#!/bin/sh\nrm $1\n", "SC2086"),
    (linters.shellcheck, "tools/without-suffix", "#!/bin/sh\nrm $1\n", "SC2086"),
    (linters.shfmt, "tools/x.sh", "#!/bin/sh\nif true; then\n        rm x\nfi\n", "rm x"),
    (rules.imports, "compiler/plan.py", "from targets import TARGETS\n", "only compiler.cli"),
    (rules.imports, "compiler/plan.py", "def f():\n    import targets.x\n", "only compiler.cli"),
    (rules.imports, "targets/x/__init__.py", "from compiler import plan\n", "targets import only"),
    (rules.imports, "targets/x/__init__.py", "import compiler.pipeline\n", "targets import only"),
    (rules.imports, "targets/x/__init__.py", "from targets.y import z\n", "nothing of another"),
    (rules.imports, "targets/x/__init__.py", "from ..y import z\n", "nothing of another"),
    (rules.imports, "targets/common.py", "from targets.x import z\n", "nothing of another"),
    (rules.imports, PROGRAM, "from compiler.spec import Runtime\n", "not compiler"),
    (rules.imports, PROGRAM, "import yaml\n", "not yaml"),
    (rules.budgets, "compiler/x.py", "x = 1\n" * 301, "301 lines"),
    (rules.budgets, "targets/x/programs/x.py", long_function(51), "f has 51 lines"),
    (rules.purity, "compiler/render.py", "import time\n", "imports time"),
    (rules.purity, "compiler/spec/x.py", "from os import path\n\nx = path.os.environ\n", "reads environ"),
    (rules.purity, "targets/x/__init__.py", "import datetime\n\nx = datetime.date.today()\n", "reads today"),
    (rules.program_paths, PROGRAM, "PATH = '/etc/nginx/nginx.conf'\n", "/etc/nginx"),
    (rules.program_paths, PROGRAM, "def f(x='/run'):\n    pass\n", "'/run'"),
    (rules.machine, "docs/x.md", "see /ho" + "me/jo/src\n", "machine"),
    (rules.machine, "x.txt", "--index-url https://pypi" + ".org/simple\n", "registry"),
]
ALLOWED = [
    (rules.imports, "compiler/cli/x.py", "from targets import TARGETS\n"),
    (rules.imports, "targets/__init__.py", "from targets.x import TARGET\n"),
    (rules.imports, "targets/x/__init__.py", "from compiler.spec import Runtime\nfrom .names import y\n"),
    (rules.imports, "targets/x/__init__.py", "from targets.common import place\n"),
    (
        rules.imports,
        "targets/x/programs/kit/web.py",
        "import json\n\nfrom . import config\nfrom kit.files import x\n",
    ),
    (rules.budgets, "compiler/x.py", long_function(50)),
    (rules.purity, "compiler/process.py", "import subprocess\nimport time\n"),
    (rules.purity, PROGRAM, "import socket\n"),
    (
        rules.program_paths,
        PROGRAM,
        '"""Reads /etc/x."""\n\nX = ["/proc/mounts", "/v1/models", "/usr/bin/env"]\n',
    ),
    (rules.program_paths, "targets/x/__init__.py", "PATH = '/etc/nginx'\n"),
    (rules.machine, "docs/x.md", "generated/hosts/gpu/root/etc/x and /usr/local/lib\n"),
]


def plant(root: Path, file: str, text: str) -> None:
    """A tree with the project's settings, an empty file in each checked folder, and the planted one."""
    for folder in ("compiler", "targets/x", "targets/x/programs/kit", "tools", "tests"):
        (root / folder).mkdir(parents=True)
    for empty in (
        "compiler/__init__.py",
        "tools/empty.py",
        "tests/__init__.py",
        "targets/__init__.py",
        PROGRAM,
    ):
        (root / empty).write_text('"""Empty."""\n')
    for settings in ("pyproject.toml", ".editorconfig"):
        (root / settings).write_bytes((ROOT / settings).read_bytes())
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text)


@pytest.mark.parametrize(("check", "file", "text", "part"), PLANTED)
def test_a_planted_fault_is_seen(tmp_path: Path, check: Check, file: str, text: str, part: str):
    plant(tmp_path, file, text)
    assert part in "\n".join(check(tmp_path))


@pytest.mark.parametrize(("check", "file", "text"), ALLOWED)
def test_what_is_allowed_passes(tmp_path: Path, check: Check, file: str, text: str):
    plant(tmp_path, file, text)
    assert check(tmp_path) == []


@pytest.mark.parametrize("check", CHECKS, ids=name)
def test_every_check_is_shown_a_fault(check: Check):
    assert check in {planted[0] for planted in PLANTED}


# ── The first spec's words


def test_every_place_of_the_spec_still_gives_words():
    empty = [place for place, found in words.first_spec(SPEC).items() if not found]
    assert empty == [], "the spec has no such place any more: name the new one in tests/repository/words.py"


def test_no_word_of_the_first_spec_is_in_the_code():
    found = words.found_in(ROOT, {word for found in words.first_spec(SPEC).values() for word in found})
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def test_a_planted_word_is_seen(tmp_path: Path):
    given = words.first_spec(SPEC)
    for place, found in given.items():
        for word in found:
            plant_at = tmp_path / "compiler" / "x.py"
            plant_at.parent.mkdir(exist_ok=True)
            plant_at.write_text(f"X = {word!r}\n")
            assert words.found_in(tmp_path, {word}), (place, word)


# ── Start-up

HEAVY = ["boto3", "botocore", "httpx", "jinja2", "jsonschema", "pydantic"]


def loaded(statement: str) -> set[str]:
    """The top-level modules that a fresh Python has loaded after a statement."""
    argv = [sys.executable, "-X", "importtime", "-c", statement]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=True)
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}


def test_the_command_line_starts_without_what_only_some_commands_need():
    assert loaded("import compiler.cli").isdisjoint(HEAVY)


@pytest.mark.parametrize("module", HEAVY)
def test_a_heavy_import_is_seen(module: str):
    assert module in loaded(f"import {module}")


# ── Dependencies

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    "run": PROJECT["project"]["dependencies"],
    "build": PROJECT["dependency-groups"]["build"],
    "gixy": PROJECT["dependency-groups"]["gixy"],
    "dev": [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]],
}


def pins(lock: str) -> dict[str, list[str]]:
    """A lock's projects, each with the lines that pin it; every pin has hashes."""
    pinned: dict[str, list[str]] = {}
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    for entry in re.findall(r"^[^\s#].*(?:\n[ ].*)*", text, flags=re.MULTILINE):
        match = re.match(r"([a-z0-9-]+)==\S+", entry)
        assert match, f"{lock}.txt: not a pin: {entry.splitlines()[0]}"
        assert "--hash=sha256:" in entry, f"{lock}.txt: {match[1]} has no hash"
        pinned.setdefault(match[1], []).append(match[0])
    return pinned


@pytest.mark.parametrize("lock", LOCKS)
def test_the_lock_pins_what_the_project_asks_for(lock: str):
    asked = {re.split(r"[^\w-]", wanted)[0].lower() for wanted in LOCKS[lock]}
    assert asked - pins(lock).keys() == set(), "run `make lock`"


def test_the_locks_agree_on_what_they_share():
    run, build, dev = pins("run"), pins("build"), pins("dev")
    assert {key: dev[key] for key in run.keys() | build.keys() if key in dev} == {
        key: pin for key, pin in {**run, **build}.items() if key in dev
    }
    assert run.keys() <= dev.keys()


# ── The doors


def test_ci_runs_the_tests_as_a_person_does():
    commands = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if re.match(r"[a-z]", line)]
    assert commands[-1] == "exec make test"


def test_every_target_of_the_makefile_says_what_it_does():
    text = (ROOT / "Makefile").read_text()
    (phony,) = re.findall(r"^\.PHONY: (.*)", text, flags=re.MULTILINE)
    described = re.findall(r"^([a-z-]+):.*## \S", text, flags=re.MULTILINE)
    assert sorted(described) == sorted(set(phony.split()) - {"FORCE"})


def test_workflows_take_actions_by_commit():
    found = [source for source in sources(ROOT) if source.path.match(".github/workflows/*.yml")]
    used = [
        line.partition("uses:")[2].split()[0]
        for source in found
        for line in source.text.splitlines()
        if "uses:" in line
    ]
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action)] == []


@pytest.mark.parametrize(
    "file", [".pre-commit-config.yaml", ".pre-commit-hooks.yaml", ".github/workflows/check.yml"]
)
def test_yaml_for_others_is_yaml(file: str):
    assert yaml.safe_load((ROOT / file).read_text(encoding="utf-8"))
