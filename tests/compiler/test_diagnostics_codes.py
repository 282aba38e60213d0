"""A code means one thing: each is made in one place, says one kind of thing, and nobody reuses it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.compiler.material import ROOT

CODE = re.compile(r"DN[0-9]{3}\Z")
IN_TEXT = re.compile(r"\[(DN[0-9]{3})\]")
RANGES = {
    "source": range(1, 20),
    "spec": range(20, 40),
    "rules": {*range(40, 100), *range(130, 200)},
    "targets": range(300, 400),
    "plan": range(100, 110),
    "refusal": range(110, 120),
    "versions": range(120, 130),
    "bundle": range(200, 220),
    "link": range(240, 250),
    "verify": range(400, 500),
    "cli": range(220, 230),
    "fix": range(230, 240),
    "faults": range(900, 910),
}
# Codes are stable: a rule that went to the target that it is about has kept its own.
MOVED = ("DN050",)


def used(root: Path) -> Iterator[tuple[str, str, str]]:
    """Each code in the sources with its module and the function, or the row of a table, that makes it."""
    for place in sorted(path for top in ("compiler", "targets") for path in (root / top).rglob("*.py")):
        module = place.relative_to(root).as_posix()
        for outer in ast.parse(place.read_text("utf-8")).body:
            for node in ast.walk(outer):
                for code in made(node):
                    yield code, module, f"{getattr(outer, 'name', '')}:{getattr(node, 'lineno', 0)}"


def made(node: ast.AST) -> list[str]:
    """The codes that a node makes: first in a call or a row, or written out as a finding is shown."""
    match node:
        case ast.Call(args=[ast.Constant(value=str(text)), *_]) if CODE.match(text):
            return [text]
        case ast.Call(args=[_, ast.Constant(value=str(text)), *_]) if CODE.match(text):  # a check's
            return [text]
        case ast.Tuple(elts=[ast.Constant(value=str(text)), *_]) if CODE.match(text):  # a row of a table
            return [text]
        case ast.Constant(value=str(text)):
            return IN_TEXT.findall(text)
        case _:
            return []


def reused(root: Path) -> dict[str, list[str]]:
    """Codes that are made in more than one place."""
    places = defaultdict(list)
    for code, module, where in used(root):
        places[code].append(f"{module}:{where}")
    return {code: found for code, found in places.items() if len(found) > 1}


def stage(module: str) -> str:
    top, part, *below = module.split("/")
    if top == "targets" and any(name.removesuffix(".py") == "checks" for name in below):
        return "verify"
    return "targets" if top == "targets" else part.removesuffix(".py")


def test_no_code_is_made_in_two_places():
    assert reused(ROOT) == {}


def test_a_planted_second_use_is_seen(tmp_path: Path):
    (tmp_path / "compiler").mkdir()
    (tmp_path / "compiler/a.py").write_text('def f():\n    return D("DN001", "x")\n')
    (tmp_path / "compiler/b.py").write_text('def g():\n    return f"error[DN001]: {1}"\n')
    assert list(reused(tmp_path)) == ["DN001"]


def test_each_stage_has_its_own_hundred_or_part_of_one():
    standing = [(code, module) for code, module, _ in used(ROOT) if code not in MOVED]
    wrong = [(code, module) for code, module in standing if int(code[2:]) not in RANGES[stage(module)]]
    assert wrong == []
    assert len({code for code, *_ in used(ROOT)}) > 35
