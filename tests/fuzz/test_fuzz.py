"""Good specs spoilt at random: whatever comes of it, the compiler ends soon, says where, and writes nothing.

A fixed part runs in `make test`, and many times as much in `make soak`. A failure names the seed, which gives
the same file again: `text.mutated(SPECS[name].read_bytes(), random.Random(seed))`.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compiler.diagnostics import Diagnostic, Related, Span
from compiler.pipeline import Compiled
from tests.compiler.bundle.trees import on_disk
from tests.compiler.material import ROOT, spec_data
from tests.compiler.source.watched import run
from tests.fuzz import data, judge, text

SPECS = {
    "book": ROOT / "specs" / "runtime.yaml",
    "nordlys": ROOT / "tests" / "specs" / "nordlys" / "runtime.yaml",
}
SOAK = os.environ.get("SOAK") == "1"
# Each part is a test of its own, so that workers share them.
PARTS, SEEDS = (20, 500) if SOAK else (3, 120)
COMMANDS = 200 if SOAK else 12


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", SPECS)
def test_mutations_of_the_text(tmp_path: Path, name: str, part: int):
    good = SPECS[name].read_bytes()
    for seed in range(part * SEEDS, (part + 1) * SEEDS):
        raw = text.mutated(good, random.Random(seed))
        found = judge.complaints(raw, tmp_path / "spec.yaml", SPECS[name].parent)
        assert found == [], f"seed {seed} of {name}"


@pytest.mark.parametrize("name", SPECS)
@settings(suppress_health_check=list(HealthCheck))
@given(given_data=st.data())
def test_mutations_of_the_data(
    tmp_path_factory: pytest.TempPathFactory, name: str, given_data: st.DataObject
):
    mutant = given_data.draw(data.mutants(spec_data(SPECS[name])))
    place = tmp_path_factory.getbasetemp() / f"mutant-{name}.yaml"
    assert judge.complaints(data.as_text(mutant).encode(), place, SPECS[name].parent) == []


@pytest.mark.parametrize("name", SPECS)
def test_mutations_by_the_command_line(tmp_path: Path, name: str):
    """On an error, a tree that is there stays as it was; without one, the tree is what the mutant says."""
    shutil.copytree(SPECS[name].parent, tmp_path / "specs")
    place, good = tmp_path / "specs/runtime.yaml", SPECS[name].read_bytes()
    assert run(tmp_path).code == 0
    for seed in range(COMMANDS):
        place.write_bytes(text.mutated(good, random.Random(f"{name} {seed}")))
        before = on_disk(tmp_path, work=True)
        ran = run(tmp_path)
        assert ran.code in (0, 1) and "Traceback" not in ran.said and "DN900" not in ran.said, (seed, ran)
        assert (on_disk(tmp_path, work=True) == before) or ran.code == 0, f"seed {seed}: written on error"
        assert "error[" in ran.said or ran.code == 0, (seed, ran)


def test_mutations_reach_every_stage():
    """Mutants are neither all good nor all refused as YAML: what comes after the text is tried as well."""
    good = SPECS["nordlys"].read_bytes()
    mutants = {text.mutated(good, random.Random(seed)) for seed in range(200)}
    assert len(mutants) > 190
    for mutation in set(text.MUTATIONS):
        assert any(mutation(good, random.Random(seed)) != good for seed in range(20)), mutation
        assert isinstance(mutation(b"", random.Random(0)), bytes)


# ── The judge itself


def located(span: Span) -> Diagnostic:
    return Diagnostic("DN020", "x", span=span, help="y")


def crash(*_: object) -> Compiled:
    raise KeyError("planted")


def hang(*_: object) -> Compiled:
    while True:
        try:
            time.sleep(0.1)
        except Exception:  # noqa: BLE001 - as a careless stage could
            continue


def slow(*_: object) -> Compiled:
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    return says(located(Span(1, 1)))()


def says(*found: Diagnostic, bundle: object = None) -> Callable[..., Compiled]:
    return lambda *_: Compiled(bundle, found)  # type: ignore[arg-type]


PLANTED: dict[str, Callable[..., Compiled]] = {
    "KeyError: 'planted'": crash,
    "no end": hang,
    "took 0.": slow,
    "1 errors, and a bundle": says(located(Span(1, 1)), bundle={}),
    "0 errors, and no bundle": says(),
    "Span(line=3, column=1, width=1) is not in the file": says(located(Span(3, 1))),
    "Span(line=1, column=6, width=1) is not in the file": says(located(Span(1, 6))),
    "Span(line=1, column=2, width=5) is not in the file": says(located(Span(1, 2, 5))),
    "Span(line=0, column=1, width=1) is not in the file": says(
        Diagnostic("DN020", "x", span=Span(1, 1), related=(Related("y", span=Span(0, 1)),))
    ),
    "not a code": says(Diagnostic("DN900", "x", span=Span(1, 1))),
    "no place": says(Diagnostic("DN020", "x")),
    "9999 characters": says(Diagnostic("DN020", "x" * 9999, span=Span(1, 1))),
}


@pytest.mark.parametrize("complaint", PLANTED)
def test_a_planted_fault_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, complaint: str):
    monkeypatch.setattr(judge, "compile_document", PLANTED[complaint])
    monkeypatch.setattr(judge, "SECONDS", 0.1)
    if complaint == "no end":
        monkeypatch.setattr(judge, "HANGING", 0.5)
    found = "\n".join(judge.complaints(b"a: 1\n", tmp_path / "spec.yaml", tmp_path))
    assert complaint in found


def test_a_good_finding_is_no_complaint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(judge, "compile_document", says(located(Span(1, 1, 4)), located(Span(2, 1))))
    assert judge.complaints(b"a: 1\n", tmp_path / "spec.yaml", tmp_path) == []
