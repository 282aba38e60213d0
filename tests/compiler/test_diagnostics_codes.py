"""A code means one thing: each is made in one place, says one kind of thing, and nobody reuses it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.compiler.material import ROOT

CODE = re.compile(r"DN[0-9]{3}\Z")
IN_TEXT = re.compile(r"DN[0-9]{3}")
RANGES = {
    "source": range(1, 20),
    "spec": range(20, 40),
    "rules": range(40, 100),
    "plan": range(100, 110),
    "refusal": range(110, 120),
    "bundle": range(200, 220),
    "cli": range(220, 1000),
}


def used(root: Path) -> Iterator[tuple[str, str, str]]:
    """Each code in the sources with its module and the function, or the row of a table, that makes it."""
    for place in sorted((root / "compiler").rglob("*.py")):
        module = place.relative_to(root).as_posix()
        for outer in ast.parse(place.read_text("utf-8")).body:
            for node in ast.walk(outer):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.match(node.value):
                    yield node.value, module, f"{getattr(outer, 'name', '')}:{node.lineno}"
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from (
                        (code, module, f"{getattr(outer, 'name', '')}:{node.lineno}")
                        for code in IN_TEXT.findall(node.value)
                    )


def reused(root: Path) -> dict[str, list[str]]:
    """Codes that are made in more than one place."""
    places = defaultdict(list)
    for code, module, where in used(root):
        places[code].append(f"{module}:{where}")
    return {code: found for code, found in places.items() if len(found) > 1}


def stage(module: str) -> str:
    return module.split("/")[1].removesuffix(".py")


def test_no_code_is_made_in_two_places():
    assert reused(ROOT) == {}


def test_a_planted_second_use_is_seen(tmp_path: Path):
    (tmp_path / "compiler").mkdir()
    (tmp_path / "compiler/a.py").write_text('def f():\n    return D("DN001", "x")\n')
    (tmp_path / "compiler/b.py").write_text('def g():\n    return f"error[DN001]: {1}"\n')
    assert list(reused(tmp_path)) == ["DN001"]


def test_each_stage_has_its_own_hundred_or_part_of_one():
    wrong = [(code, module) for code, module, _ in used(ROOT) if int(code[2:]) not in RANGES[stage(module)]]
    assert wrong == []
    assert len({code for code, *_ in used(ROOT)}) > 35
