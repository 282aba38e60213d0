"""Every fact of a spec reaches a machine: each leaf is changed to its neighbour, and some output must move.

Fields for people alone are listed in `tests/specs/doc-only.txt`; what only a rule or a check of verify reads
is marked so, and some rule or check must read it. What one spec leaves no choice for must be alive in the
other. Texts of `why:`, `assumed:` and `waive:` are commentary, and each must be on the hand-off page.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from compiler.link import given
from compiler.link.thing import Thing
from compiler.rules import check
from compiler.source.document import Data
from compiler.spec.node import DocOnly, RuleOnly, VerifyOnly, listening
from compiler.spec.path import SpecPath, dotted
from compiler.spec.shape import Slot, reach
from targets import TARGETS
from targets.common.checks import limits
from tests.book import compiling, reading
from tests.book.compiling import FIRST, SECOND, SPECS, document, mutated, put, unchanged
from tests.book.fields import COMMENTARY, change, every_field, field, is_constant, leaves, moved, other_value

DOC_ONLY = Path(__file__).parent / "specs" / "doc-only.txt"
SHARE_FOR_PEOPLE = 0.15
# Fields that neither spec writes, with a value that must reach a machine.
UNWRITTEN: dict[str, tuple[Path, SpecPath, Data]] = {
    "Aws.account": (FIRST, ("aws", "account"), "123456789012"),
}
# Fields of what an image brings that neither spec writes: link must hear of them.
GIVEN: dict[str, tuple[tuple[str, str], Thing]] = {
    "ControlPlane.given": (("helm-1", "packages"), Thing("package", "jq")),
    "Given.units": (("helm-1", "units"), Thing("unit", "old.service")),
    "Given.commands": (("edge-east", "commands"), Thing("command", "jq")),
    "GivenToWorker.packages": (("node-1", "packages"), Thing("package", "jq")),
    "GivenToWorker.units": (("node-1", "units"), Thing("unit", "old.service")),
    "GivenToWorker.paths": (("node-1", "paths"), Thing("path", "/srv/old")),
}


def sections(spec: Path) -> list[str]:
    return list(dict.fromkeys(str(path[0]) for path in leaves(spec)))


CASES = [
    pytest.param(spec, part, id=f"{name}-{part}") for name, spec in SPECS.items() for part in sections(spec)
]


def for_people(slot: Slot) -> bool:
    return slot.note(DocOnly) is not None


def for_rules(slot: Slot) -> bool:
    return slot.note(RuleOnly) is not None and not for_people(slot)


def for_verify(slot: Slot) -> bool:
    return slot.note(VerifyOnly) is not None and not for_people(slot)


@cache
def read_by_rules(spec: Path) -> set[SpecPath]:
    """The places that some rule looks at, or link."""
    seen: set[SpecPath] = set()
    made = compiling.runtime(spec, document(spec).data)
    with listening(seen.add):
        check(made, [rule for target in TARGETS for rule in target.rules])
        for host in made.hosts.values():
            list(given.offers(made, host))
    return seen


def is_read(path: SpecPath, seen: set[SpecPath]) -> bool:
    """Whether a leaf, or the list that it is an item of, was looked at."""
    return path in seen or (isinstance(path[-1], int) and path[:-1] in seen)


@cache
def read_by_checks(spec: Path) -> set[SpecPath]:
    """The places that a check of `verify` holds outputs against."""
    seen: set[SpecPath] = set()
    made = compiling.runtime(spec, document(spec).data)
    with listening(seen.add):
        limits(made)
    return seen


def complaint(spec: Path, path: SpecPath, slot: Slot) -> str:
    """What is wrong with the reach of a leaf, or nothing."""
    value = other_value(spec, path)
    if value is None:
        return ""
    if for_rules(slot) and not is_read(path, read_by_rules(spec)):
        return f"{dotted(path)}: is marked as for rules alone, and no rule reads it"
    if for_verify(slot) and path not in read_by_checks(spec):
        return f"{dotted(path)}: is marked as for verify alone, and no check reads it"
    names = moved(spec, *change(spec, path, value))
    machines = sorted(name for name in names if not name.startswith("docs/"))
    if for_rules(slot):
        return f"{dotted(path)}: is marked as for rules alone, and changes {machines[0]}" if machines else ""
    if for_verify(slot):
        return f"{dotted(path)}: is marked as for verify alone, and changes {machines[0]}" if machines else ""
    if not names:
        return f"{dotted(path)}: dead, nothing changes with {value!r}"
    if for_people(slot) and machines:
        return f"{dotted(path)}: is marked as for people alone, and changes {machines[0]}"
    return f"{dotted(path)}: changes only documents" if not for_people(slot) and not machines else ""


@pytest.mark.parametrize(("spec", "part"), CASES)
def test_every_leaf_reaches_a_machine(spec: Path, part: str):
    said = [complaint(spec, path, slot) for path, slot in leaves(spec).items() if path[0] == part]
    assert [one for one in said if one] == []


def test_the_walk_sees_a_leaf_that_no_rule_reads(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.test_leaf_walk.read_by_rules", lambda spec: set())
    path: SpecPath = ("serving", "agents", "full_context_requests")
    assert complaint(SECOND, path, leaves(SECOND)[path]).endswith("no rule reads it")


def test_the_walk_sees_a_leaf_that_no_check_reads(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.test_leaf_walk.read_by_checks", lambda spec: set())
    path: SpecPath = ("engine", "exposure")
    assert complaint(SECOND, path, leaves(SECOND)[path]).endswith("no check reads it")


def test_the_walk_sees_a_dead_leaf(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.book.fields.mutated", lambda spec, *changes: unchanged(spec))
    path = ("serving", "coding", "port")
    assert complaint(FIRST, path, leaves(FIRST)[path]).startswith("serving.coding.port: dead")


def test_what_has_no_other_value_in_one_spec_is_alive_in_the_other():
    alive = {field(spec, path) for spec in SPECS.values() for path in scalars(spec) if choice(spec, path)}
    fixed = {name for name, annotation in every_field().items() if is_constant(annotation)}
    assert {field(spec, path) for spec in SPECS.values() for path in scalars(spec)} - alive - fixed == set()
    assert alive & fixed == set()


def choice(spec: Path, path: SpecPath) -> bool:
    return other_value(spec, path) is not None


def scalars(spec: Path) -> list[SpecPath]:
    """The leaves without the containers that are empty in this spec."""
    return [path for path in leaves(spec) if not isinstance(reach(document(spec).data, path), tuple | dict)]


def test_every_field_is_written_in_a_spec_or_tried_here():
    written = {
        field(spec, path[:end])
        for spec in SPECS.values()
        for path in leaves(spec)
        for end in range(1, len(path) + 1)
    }
    assert every_field().keys() - written == UNWRITTEN.keys() | GIVEN.keys()


@pytest.mark.parametrize("name", UNWRITTEN)
def test_what_no_spec_writes_reaches_a_machine_too(name: str):
    spec, path, value = UNWRITTEN[name]
    assert any(output.startswith("hosts/") for output in moved(spec, (path, value)))


@pytest.mark.parametrize("name", GIVEN)
def test_what_no_spec_says_of_an_image_is_given_to_link(name: str):
    (host, kind), thing = GIVEN[name]
    place: SpecPath = ("hosts", host, "given")
    before = reach(document(SECOND).data, place)
    more: Data = {**(before if isinstance(before, dict) else {}), kind: (thing.name,)}
    data = put(document(SECOND).data, place, more)
    made = compiling.runtime(SECOND, data)
    assert thing in [one.thing for one in given.offers(made, made.hosts[host])]


# ── For people alone


def test_the_fields_for_people_are_those_on_the_list():
    found = {
        field(spec, path)
        for spec in SPECS.values()
        for path, slot in leaves(spec).items()
        if for_people(slot)
    }
    assert sorted(found) == DOC_ONLY.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_few_leaves_are_for_people_alone(spec: Path):
    marks = [for_people(slot) for slot in leaves(spec).values()]
    assert 0 < sum(marks) <= SHARE_FOR_PEOPLE * len(marks)


# ── Commentary


def notes(data: Data, kind: str, path: SpecPath = ()) -> dict[str, str]:
    """Every text of a kind, by the place that it is about."""
    found: dict[str, str] = {}
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, tuple) else ()
    for name, value in parts:
        if name == kind == "waive" and isinstance(value, dict):
            for code, reason in value.items():
                found |= {place: f"{code}: {text}" for place, text in _about(reason, path).items()}
        elif name == kind:
            found |= _about(value, path)
        elif name not in COMMENTARY:
            found |= notes(value, kind, (*path, name))
    return found


def _about(value: Data, path: SpecPath) -> dict[str, str]:
    about = value.items() if isinstance(value, dict) else [("", value)]
    return {dotted((*path, key) if key else path) or "the runtime": str(text) for key, text in about}


PAGES = [
    ("why", "Decisions and their reasons"),
    ("assumed", "Assumptions to confirm"),
    ("waive", "What is broken on purpose"),
]


@pytest.mark.parametrize(("kind", "heading"), PAGES)
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS.keys())
def test_every_reason_and_assumption_is_on_the_hand_off_page(spec: Path, kind: str, heading: str):
    expected = notes(document(spec).data, kind)
    assert expected
    assert dict(reading.table(unchanged(spec)["docs/hand-off.md"], heading)) == expected


def test_a_new_reason_is_looked_for():
    after = mutated(SECOND, (("proxy", "why"), "a reason | with <marks> and `code`"))
    page = reading.table(after["docs/hand-off.md"], "Decisions and their reasons")
    assert ["proxy", "a reason | with <marks> and `code`"] in page
