"""A key that does not belong where it stands: what it may be, where it is at home, or which kind has it."""

from __future__ import annotations

import pytest

from compiler.spec.path import SpecPath
from tests.compiler.spec.edited import add, drop, findings, only, rename

NVME = """\
    nvme:
      mount: /mnt/nvme
    given:
      commands: [nvidia-smi]
      cuda: /usr/local/cuda
  gpu-2"""
FLAT = NVME.replace("nvme:\n      mount:", "mount:")
# change, part of the reason, part of the help
ELSEWHERE = [
    (add("hosts.gpu-1", "nginx: 1.22.1"), "role `ingress`: terminates", "`nginx` is of role `ingress`"),
    (add("models.coder", "script: x.sh"), "status `primary`: a model that is served", "of status `staged`"),
    (add("clients.catalogue", "max_tokens: 1"), "kind `roo`", "`max_tokens` is of kind `roo`"),
    (add("hosts.gpu-1.nvme", "cuda: /x"), "", "it is a key of `hosts.….given`"),
    (add("serving.coding.features", "tp_size: 4"), "", "it stands in `serving.coding`"),
    (add("", "tp_size: 4"), "", "it stands in `serving.…`"),
    (add("engine", "network: 10.0.0.0/8"), "", "it stands at the top level"),
    (add("serving.coding", "served_name: x"), "", "it is a key of `models.…`"),
    (add("serving.coding", "prefix_cache: true"), "", "it stands in `features`"),
]


@pytest.mark.parametrize(("change", "reason", "way"), ELSEWHERE)
def test_a_key_of_another_place_is_shown_home(change: dict[str, object], reason: str, way: str):
    finding = only(change)
    assert finding.code == "DN020" and finding.on_key and finding.edits == ()
    assert reason in finding.reason and way in finding.help


def test_a_key_one_level_too_high_is_shown_the_one_below():
    missing, misplaced = findings({"find": NVME, "write": FLAT})
    assert (missing.code, misplaced.code) == ("DN021", "DN020")
    assert misplaced.help == "it stands in `nvme`"


MISSPELT = [
    ("engine.version", "verson", "version"),
    ("engine.version", "Version", "version"),
    ("serving.coding.mem_fraction_static", "mem-fraction-static", "mem_fraction_static"),
    ("public.routes.code.hostname", "hostnam", "hostname"),
    ("watchdog", "wachdog", "watchdog"),
]


@pytest.mark.parametrize(("at", "key", "right"), MISSPELT)
def test_a_misspelt_key_is_mended_and_not_missing_too(at: str, key: str, right: str):
    finding = only(rename(at, key))
    (edit,) = finding.edits
    assert (finding.code, edit.text, edit.on_key) == ("DN020", right, True)


def test_a_short_form_is_asked_about():
    finding = only(rename("serving.coding.tp_size", "tp"))
    assert (finding.help, finding.edits) == ("did you mean `tp_size`?", ())


def test_a_key_that_is_there_already_is_no_misspelling():
    assert only(add("engine", "verson: 1")).edits == ()


def test_an_unknown_key_in_a_list_is_marked_itself():
    text = "endpoints:\n    more:\n    - method: POST\n      path: /completions\n      bodi: 1\n"
    finding = only({"find": "endpoints:\n", "write": text})
    path: SpecPath = ("public", "endpoints", "more", 0, "bodi")
    assert (finding.path, finding.on_key, finding.span and finding.span.column) == (path, True, 7)


def test_a_route_that_is_gone_is_one_finding():
    lost = [one for one in findings(drop("public.routes.code")) if one.code == "DN024"]
    (finding,) = lost
    assert [one.path for one in finding.related] == [
        ("clients", "service", "route"),
        ("clients", "catalogue", "route"),
    ]
    assert all(one.span is not None for one in finding.related)


def test_an_entry_of_another_name_is_asked_about_where_several_places_name_it():
    finding = next(one for one in findings(rename("public.routes.code", "coode")) if one.code == "DN024")
    assert (finding.help, finding.edits) == ("did you mean `coode`?", ())


KEEPALIVE = "  keepalive:\n    connections: 16\n    timeout: 60s\n"


def test_children_that_are_not_indented_are_one_finding():
    flat = KEEPALIVE.replace("    ", "  ")
    assert (
        only({"find": KEEPALIVE, "write": flat}).help == "indent `connections`, `timeout` below `keepalive`"
    )


def test_the_one_unknown_key_is_the_one_that_lacks():
    finding = only(rename("hosts.gpu-1.address.last_seen", "value"))
    assert (finding.help, finding.edits) == ("did you mean `last_seen`?", ())


def test_a_key_that_lacks_is_shown_as_another_entry_has_it():
    finding = only(drop("serving.coding.context_length"))
    assert "as in `serving.talking`: context_length: 32768" in finding.help


def test_nothing_is_said_of_the_keys_of_an_unknown_kind():
    assert [one.code for one in findings({"at": "clients.editor.kind", "write": "ollama"})] == ["DN022"]


def test_of_very_many_keys_the_nearest_are_listed():
    assert only(add("serving.coding", "zork: 1")).help.endswith("…; `dncompile schema` has all")
    assert only(add("serving.coding", "extra_args: {}")).help == "did you mean `arguments`?"
