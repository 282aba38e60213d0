"""Every field that is wrong is said at its place, all in one run, with what to write instead."""

from __future__ import annotations

import json
from typing import Any

import pytest

from compiler.spec.load import load
from compiler.spec.path import SpecPath
from tests.compiler.material import SPEC, TRUTH_BOOK, Change, changed, document, drop, put, spec_data

DATA = spec_data()
EDITOR = next(name for name, client in DATA["clients"].items() if client["kind"] == "roo")
HOST = next(name for name, host in DATA["hosts"].items() if host["role"] == "gpu")
EDGE = next(name for name, host in DATA["hosts"].items() if host["role"] == "ingress")
MODEL = next(name for name, model in DATA["models"].items() if model["status"] == "primary")
PROFILE = next(iter(DATA["serving"]))
ROUTE = next(iter(DATA["public"]["routes"]))
CLIENT = next(name for name, client in DATA["clients"].items() if client["kind"] == "env")


def rename(path: SpecPath, name: str) -> Change:
    """The change that writes another name for the key at `path`."""

    def change(data: Any) -> None:
        *above, last = path
        for part in above:
            data = data[part]
        data[name] = data.pop(last)

    return change


def found(*changes: Change) -> list[tuple[str, SpecPath, str, str]]:
    return [(one.code, one.path, one.message, one.help) for one in load(changed(*changes)).findings]


# change, code, path, part of the message, part of the help
FAULTS = [
    (put(("tittle",), "x"), "DN020", ("tittle",), "has no key `tittle`", "did you mean `title`?"),
    (put(("zzz",), 1), "DN020", ("zzz",), "the spec has no key `zzz`", "some of its keys: "),
    (put(("engine", "verson"), "1"), "DN020", ("engine", "verson"), "`engine` has no key", "`version`?"),
    (
        put(("hosts", HOST, "ngnix"), "1"),
        "DN020",
        ("hosts", HOST, "ngnix"),
        "has no key `ngnix`",
        "its keys are",
    ),
    (put(("hosts", EDGE, "ngnix"), "1"), "DN020", ("hosts", EDGE, "ngnix"), "has no key `ngnix`", "`nginx`?"),
    (
        put(("public", "routes", ROUTE, "hostnam"), "x"),
        "DN020",
        ("public", "routes", ROUTE, "hostnam"),
        "no key",
        "`hostname`?",
    ),
    (drop(("title",)), "DN021", (), "the spec lacks the key `title`", "add `title:`, for example "),
    (
        drop(("engine", "version")),
        "DN021",
        ("engine",),
        "`engine` lacks the key `version`",
        "for example 1.22.1\nThe pinned release",
    ),
    (
        drop(("serving", PROFILE, "port")),
        "DN021",
        ("serving", PROFILE),
        "lacks the key `port`",
        "as in `serving.",
    ),
    (
        drop(("hosts", HOST, "role")),
        "DN021",
        ("hosts", HOST),
        "lacks the key `role`",
        "  gpu: hosts the engine and the model payloads",
    ),
    (
        put(("hosts", HOST, "role"), "gpuu"),
        "DN022",
        ("hosts", HOST, "role"),
        "there is no role `gpuu`",
        "did you mean `gpu`?",
    ),
    (
        put(("models", MODEL, "status"), "x"),
        "DN022",
        ("models", MODEL, "status"),
        "there is no status `x`",
        "statuses are\n  primary: a model that is served\n  staged: ",
    ),
    (
        put(("clients", CLIENT, "kind"), 3),
        "DN022",
        ("clients", CLIENT, "kind"),
        "there is no kind `3`",
        "  env: an environment file for a service\n  catalogue: ",
    ),
    (put(("title",), 12), "DN023", ("title",), "text is wanted here, and 12 is a number", 'write "12"'),
    (put(("title",), None), "DN023", ("title",), "the value is missing", "for example"),
    (
        put(("serving", PROFILE, "port"), "8000"),
        "DN023",
        ("serving", PROFILE, "port"),
        "a whole number is wanted here, and '8000' is text",
        "write 8000",
    ),
    (
        put(("serving", PROFILE, "port"), 0),
        "DN023",
        ("serving", PROFILE, "port"),
        "it must be at least 1, and 0 is written here",
        "write a number from 1 to 65535, such as 31000, as in `serving.chat`",
    ),
    (
        put(("serving", PROFILE, "port"), True),
        "DN023",
        ("serving", PROFILE, "port"),
        "a whole number is wanted here, and true stands here",
        "for example 31000, as in `serving.chat`",
    ),
    (
        put(("serving", PROFILE, "enable_metrics"), "yes"),
        "DN023",
        ("serving", PROFILE, "enable_metrics"),
        "true or false is wanted here, and 'yes' is text",
        "write true",
    ),
    (
        put(("serving", PROFILE, "mem_fraction_static"), 1.0),
        "DN023",
        ("serving", PROFILE, "mem_fraction_static"),
        "less than 1",
        "",
    ),
    (
        put(("engine", "stop_timeout"), "2 minutes"),
        "DN023",
        ("engine", "stop_timeout"),
        "write a number and a unit",
        "write 2m",
    ),
    (
        put(("engine", "stop_timeout"), 120),
        "DN023",
        ("engine", "stop_timeout"),
        "120 is not a length of time",
        "write 120s for seconds or 120m for minutes",
    ),
    (
        put(("proxy", "body_limit"), "32mb"),
        "DN023",
        ("proxy", "body_limit"),
        "not an amount of storage",
        "write 32MB",
    ),
    (
        put(("network",), "10.0.0.1/8"),
        "DN023",
        ("network",),
        "10.0.0.1/8 has host bits set",
        "write 10.0.0.0/8",
    ),
    (put(("network",), "ten"), "DN023", ("network",), "not an IPv4 network", ""),
    (
        drop(("engine", "stop_timeout")),
        "DN021",
        ("engine",),
        "lacks the key `stop_timeout`",
        "for example 30s",
    ),
    (
        put(("hosts", HOST, "nvme", "mount"), "/a/../b"),
        "DN023",
        ("hosts", HOST, "nvme", "mount"),
        "is not in its shortest form: write /b",
        "",
    ),
    (put(("hosts", HOST), []), "DN023", ("hosts", HOST), "", ""),
    (put(("hosts",), "none"), "DN023", ("hosts",), "a mapping is wanted here", ""),
    (put(("remaining",), "x"), "DN023", ("remaining",), "a list is wanted here", ""),
    (
        put(("serving", PROFILE, "workers"), []),
        "DN023",
        ("serving", PROFILE, "workers"),
        "an empty list",
        "",
    ),
    (
        put(("public", "routes", ROUTE, "access"), "bearers"),
        "DN023",
        ("public", "routes", ROUTE, "access"),
        "it must be one of `bearer`, `network` or `open`",
        "write bearer",
    ),
    (
        put(("engine", "why"), {"versoin": "x"}),
        "DN025",
        ("engine", "why", "versoin"),
        "`engine` has no such field",
        "did you mean `version`?",
    ),
    (
        put(("clients", EDITOR, "assumed"), {"zzz": "x"}),
        "DN025",
        ("clients", EDITOR, "assumed", "zzz"),
        "is a note about `zzz`",
        "its fields are: ",
    ),
    (
        put(("serving", PROFILE, "model"), "nonee"),
        "DN024",
        ("serving", PROFILE, "model"),
        "names `nonee`",
        "no such entry yet: add `nonee` under `models` with `status: primary`; there are: agent-air, chat",
    ),
    (
        put(("serving", PROFILE, "model"), MODEL[1:]),
        "DN024",
        ("serving", PROFILE, "model"),
        "that is `primary`",
        f"did you mean `{MODEL}`?",
    ),
    (
        put(("serving", PROFILE, "workers", 0), EDGE),
        "DN024",
        ("serving", PROFILE, "workers", 0),
        "takes only what is `gpu`",
        "",
    ),
    (
        put(("public", "routes", ROUTE, "serving"), "x"),
        "DN024",
        ("public", "routes", ROUTE, "serving"),
        "`serving` has no such entry",
        "",
    ),
    (
        put(("hosts", HOST, "instance"), "no.such"),
        "DN024",
        ("hosts", HOST, "instance"),
        "`hardware.instances` has no such",
        "",
    ),
    (
        put(("clients", CLIENT, "route"), "x"),
        "DN024",
        ("clients", CLIENT, "route"),
        "`public.routes` has no such",
        "",
    ),
]


@pytest.mark.parametrize(
    ("change", "code", "path", "message", "help_"),
    FAULTS,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fault_is_found_at_its_place(change: Change, code: str, path: SpecPath, message: str, help_: str):
    said = found(change)
    assert [(one[0], one[1]) for one in said] == [(code, path)]
    assert message in said[0][2] and help_ in said[0][3]


@pytest.mark.parametrize("spec", [SPEC, TRUTH_BOOK])
def test_a_good_spec_has_no_findings(spec):
    loaded = load(document(spec.read_text("utf-8")))
    assert loaded.runtime is not None and loaded.findings == [] and not loaded.hidden


def test_several_faults_come_in_one_run():
    changes = [change for change, code, *_ in FAULTS[:1] + FAULTS[7:8] + FAULTS[10:11] + FAULTS[20:21]]
    assert {one[0] for one in found(*changes)} == {"DN020", "DN021", "DN022", "DN023"}


def test_dangling_references_come_in_one_run():
    said = found(put(("serving", PROFILE, "model"), "x"), put(("clients", CLIENT, "route"), "y"))
    assert [(one[0], one[1]) for one in said] == [
        ("DN024", ("serving", PROFILE, "model")),
        ("DN024", ("clients", CLIENT, "route")),
    ]


def test_a_key_that_is_no_name_is_said_at_the_key():
    first, *lost = load(changed(rename(("models", MODEL), "Not A Name"))).findings
    assert (first.code, first.path, first.on_key) == ("DN023", ("models", "Not A Name"), True)
    assert first.help == "did you mean `not-a-name`?"
    assert [one.code for one in lost] == ["DN024"] * len(lost)


@pytest.mark.parametrize("data", [None, [], "x", 3, {}])
def test_what_is_no_spec_at_all(data: object):
    loaded = load(document(json.dumps({"a": data}) if data != {} else "{}"))
    assert {one.code for one in loaded.findings} <= {"DN020", "DN021"} and loaded.findings


@pytest.mark.parametrize("text", ["[]", "x", "3"])
def test_a_root_that_is_no_mapping(text: str):
    loaded = load(document(text))
    assert loaded.runtime is None
    (finding,) = loaded.findings
    assert (finding.code, finding.path) == ("DN023", ())
    assert "`the spec`" in finding.message
