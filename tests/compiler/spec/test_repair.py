"""A mistake hides nothing of the rest of the spec, and what stands in for it causes no finding.

Every leaf of two specs is broken in every way: nothing but that place may be complained of. With real
breaches of rules elsewhere, these must be reported all the same.
"""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path

import pytest

from compiler.spec.load import load
from compiler.spec.path import SpecPath
from tests.cases import changed, folder_of
from tests.compiler.material import SPEC, document, plain
from tests.compiler.spec import breaking
from tests.compiler.spec.breaking import Break, data_of, findings, near, of_rules, of_spec
from tests.compiler.spec.edited import TEXT, add, loaded, rename, write

SMALL = folder_of("small") / "runtime.yaml"
FEW = 120
# What is told apart by more than one leaf is not known with one of them; each rule reads the place.
SHARE = 0.95
PLANTED = [
    write("hosts.gpu-2.address.last_seen", "8.8.8.8"),
    write("clients.editor.context", "200000"),
    write("proxy.read_timeout", "10s"),
    write("serving.talking.tp_size", "2"),
    write("public.routes.talk.access", "open"),
    write("serving.coding.dist_init.address", "10.20.1.5"),
    write("rehydration.run_timeout", "1s"),
    write("route_sync.gate_timeout", "10m"),
]


def said_elsewhere(data: object, folder: Path, breaks: list[Break]) -> list[str]:
    """The findings of broken specs that are not about what is broken."""
    said = []
    for one in breaks:
        made = one.of(data)
        found = findings(made, folder)
        about_spec = of_spec(found)
        stray = [other for other in about_spec if not near(other.path, one.place)]
        stray += of_rules(found) if about_spec else []
        said += [f"{one}: {other.code} {other.message}" for other in stray]
    return said


@pytest.mark.parametrize("spec", [SMALL, SPEC], ids=["small", "nordlys"])
def test_nothing_but_the_broken_place_is_complained_of(spec: Path):
    data = data_of(spec)
    assert said_elsewhere(data, spec.parent, breaking.some([*breaking.every(data)], FEW)) == []


@pytest.mark.slow
@pytest.mark.parametrize("spec", [SMALL, SPEC], ids=["small", "nordlys"])
def test_nothing_but_the_broken_place_is_complained_of_in_any_break(spec: Path):
    data = data_of(spec)
    assert said_elsewhere(data, spec.parent, [*breaking.every(data)]) == []


def planted() -> object:
    text = TEXT
    for one in PLANTED:
        text = changed(text, one)
    return plain(document(text).data)


def share_reported(breaks: list[Break]) -> tuple[float, list[str]]:
    """How many planted breaches are reported beside a break that is elsewhere, and which are not."""
    data = planted()
    wanted = {(one.code, one.path): one for one in findings(document(json.dumps(data)), SMALL.parent)}
    told = asked = 0
    silent = []
    for one in breaks:
        found = findings(one.of(data), SMALL.parent)
        if not of_spec(found):
            continue
        reported = {(other.code, other.path) for other in found}
        for key, breach in wanted.items():
            places = [breach.path, *(other.path for other in breach.related)]
            if any(near(place, one.path) for place in places):
                continue
            asked += 1
            told += key in reported
            silent += [] if key in reported else [f"{one} hides {breach.code}"]
    return told / asked, silent


def test_breaches_elsewhere_are_reported_all_the_same():
    share, silent = share_reported(breaking.some([*breaking.every(planted())], FEW))
    assert share >= SHARE, silent


@pytest.mark.slow
def test_breaches_elsewhere_are_reported_beside_any_break():
    share, silent = share_reported([*breaking.every(planted())])
    assert share >= SHARE, silent


def test_the_check_sees_what_a_stand_in_causes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("compiler.rules.hiding", lambda hidden: nullcontext())
    one = Break(("serving", "coding", "pp_size"), "number")
    assert said_elsewhere(data_of(SMALL), SMALL.parent, [one]) != []


# ── What is taken for what


def test_a_misspelt_section_hides_nothing_in_it():
    found = loaded(
        rename("engine", "engin"), {"find": "stop_timeout: 2m", "write": "stop_timeout: 2"}
    ).findings
    assert [(one.code, one.span and one.span.line) for one in found] == [("DN020", 76), ("DN023", 85)]


def test_an_unknown_variant_hides_no_value_in_it_and_keys_are_judged_once_it_is_known():
    found = loaded(
        write("hosts.edge.role", "gateway"), write("hosts.edge.nginx", "1"), add("hosts.edge", "x: 1")
    )
    assert [one.code for one in found.findings] == ["DN022", "DN023"]


def test_what_is_below_a_name_that_cannot_be_is_looked_at_under_one_that_can():
    made = loaded(rename("hosts.gpu-1", "GPU_1"), write("hosts.GPU_1.systemd", "1"))
    assert [(one.code, one.path) for one in made.findings] == [
        ("DN023", ("hosts", "GPU_1")),
        ("DN023", ("hosts", "GPU_1", "systemd")),
    ]
    path: SpecPath = ("hosts", "gpu-1", "python")
    assert made.runtime is not None and made.document.values[path].line == 51


def test_a_reference_to_what_is_not_known_is_not_called_wrong():
    assert [one.code for one in loaded(write("hosts.gpu-1.role", "zzz")).findings] == ["DN022"]
    assert [one.code for one in loaded(write("models.coder", "3")).findings] == ["DN023"]


def test_a_spec_with_mistakes_is_never_compiled():
    for change in (write("title", "3"), rename("engine", "engin")):
        made = loaded(change)
        assert made.runtime is not None and made.findings


def test_a_good_spec_is_not_repaired():
    made = load(document(TEXT))
    assert (made.findings, made.hidden) == ([], frozenset())
