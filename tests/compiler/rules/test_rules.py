"""Each rule finds what breaks it, at its place, and lets pass what only looks like it."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from compiler.rules import RULES, check
from compiler.spec.path import SpecPath
from tests.compiler.material import SPEC, TRUTH_BOOK, Change, drop, keys_where, put, runtime, spec_data

DATA = spec_data()
WORKER, OTHER_WORKER = list(keys_where(DATA["hosts"], role="gpu"))[:2]
FIRST, SECOND = sorted(DATA["serving"])[:2]
BEARER = next(keys_where(DATA["public"]["routes"], serving=FIRST, access="bearer"))
PORT = DATA["serving"][FIRST]["port"]
AWS = {"region": "eu-north-1", "operators": ["10.0.0.0/8"]}
EC2 = {"source": "ec2", "tags": {"Name": "worker"}}
FEATURES: SpecPath = ("serving", FIRST, "features")
ADDRESS: SpecPath = ("hosts", WORKER, "address")
OTHER_ADDRESS: SpecPath = ("hosts", OTHER_WORKER, "address", "last_seen")
DOOR: SpecPath = ("hosts", next(keys_where(DATA["hosts"], role="ingress")), "ssh")
MEETING: SpecPath = ("serving", FIRST, "dist_init")
KEEPALIVE: SpecPath = ("proxy", "keepalive", "timeout")
EDITOR: SpecPath = ("clients", next(keys_where(DATA["clients"], kind="roo")))
CLIENT = DATA["clients"][EDITOR[1]]
ASKED, HOTTEST = CLIENT["context"], CLIENT["temperature"]["high"]
CEILING = DATA["serving"][DATA["public"]["routes"][CLIENT["route"]]["serving"]]["context_length"]
HALF = DATA["serving"][FIRST]["tp_size"] // 2
GPUS: list[SpecPath] = [("serving", FIRST, "tp_size")] * len(DATA["serving"][FIRST]["workers"])


def role(name: str, other: str) -> Change:
    """Every host of one role becomes a copy of one of another, under its own name."""

    def change(data: Any) -> None:
        model = data["hosts"][next(keys_where(data["hosts"], role=other))]
        for key in list(keys_where(data["hosts"], role=name)):
            data["hosts"][key] = model

    return change


def serve(*workers: tuple[str, list[str]]) -> Change:
    def change(data: Any) -> None:
        for profile, names in workers:
            data["serving"][profile]["workers"] = names

    return change


def copy_route(**fields: Any) -> Change:
    """Another route like the first bearer route, but for some fields."""

    def change(data: Any) -> None:
        data["public"]["routes"]["zz-copy"] = {**data["public"]["routes"][BEARER], **fields}

    return change


def waive(why: Any) -> Change:
    def change(data: Any) -> None:
        data["serving"][FIRST]["features"] |= {"overlap_scheduling": "waived", "why": why}

    return change


def hybrid(spill: bool, page: int) -> Change:
    def change(data: Any) -> None:
        profile = data["serving"][FIRST]
        profile |= {"mamba_scheduler_strategy": "no_buffer", "hierarchical_cache": spill, "page_size": page}
        profile["features"] |= {"overlap_scheduling": "waived", "why": {"overlap_scheduling": "because"}}

    return change


def live(port: int) -> Change:
    def change(data: Any) -> None:
        data["cutover"] |= {"phase": "live", "port_before": port}

    return change


def address(text: str) -> Change:
    return put((*ADDRESS, "last_seen"), text)


def strategy(overlap: str, name: str) -> Change:
    def change(data: Any) -> None:
        data["serving"][FIRST]["features"] |= {"prefix_cache": "required", "overlap_scheduling": overlap}
        data["serving"][FIRST] |= {"mamba_scheduler_strategy": name, "hierarchical_cache": False}

    return change


ALL = sorted(keys_where(DATA["hosts"], role="gpu"))
BROKEN: list[tuple[str, Change, list[SpecPath]]] = [
    ("DN040", serve((FIRST, ALL[1:]), (SECOND, ALL[1:2])), [("hosts", ALL[0]), ("hosts", ALL[1])]),
    ("DN040", serve((FIRST, [ALL[0], *ALL]), (SECOND, ALL[:1])), [("hosts", ALL[0])]),
    ("DN041", role("ingress", "control-plane"), [("hosts",)]),
    ("DN041", role("control-plane", "ingress"), [("hosts",)]),
    ("DN042", put(("serving", FIRST, "discovery"), EC2), [("serving", FIRST, "discovery", "source")]),
    ("DN042", put(("secrets", "api_key"), "ssm:/x"), [("secrets", "api_key")]),
    ("DN042", put(("rehydration", "source"), "s3://bucket.example/x"), [("rehydration", "source")]),
    ("DN043", put(("serving", SECOND, "port"), PORT + 1), [("serving", SECOND, "port")]),
    ("DN044", copy_route(access="open", prefix="/zz"), [("public", "routes", "zz-copy", "access")]),
    ("DN045", copy_route(), [("public", "routes", "zz-copy", "prefix")]),
    ("DN046", waive(None), [(*FEATURES, "overlap_scheduling")]),
    ("DN046", waive("one text for everything"), [(*FEATURES, "overlap_scheduling")]),
    ("DN046", waive({"attention_backend": "another field"}), [(*FEATURES, "overlap_scheduling")]),
    ("DN047", put(("legacy", "model_ids"), []), [("legacy", "model_ids")]),
    ("DN048", live(PORT), [("serving", one, "port") for one in (FIRST, SECOND)]),
    ("DN049", put((*EDITOR, "context"), CEILING + 1), [(*EDITOR, "context")]),
    ("DN049", put((*EDITOR, "max_tokens"), ASKED // 5 + 1), [(*EDITOR, "max_tokens")]),
    ("DN050", put(("serving", FIRST, "pp_size"), 2), GPUS),
    ("DN051", address("192.0.2.1"), [(*ADDRESS, "last_seen")]),
    ("DN051", address(DATA["hosts"][OTHER_WORKER]["address"]["last_seen"]), [OTHER_ADDRESS]),
    ("DN052", put(KEEPALIVE, DATA["engine"]["keep_alive"]), [KEEPALIVE]),
    ("DN053", put((*EDITOR, "timeout"), "2h"), [(*EDITOR, "timeout")]),
    ("DN054", strategy("required", "no_buffer"), [(*FEATURES, "overlap_scheduling")]),
    ("DN055", put((*EDITOR, "temperature", "chosen"), 1.9), [(*EDITOR, "temperature", "chosen")]),
    ("DN055", put((*EDITOR, "temperature", "chosen"), 0.01), [(*EDITOR, "temperature", "chosen")]),
    ("DN056", put(("network",), "8.0.0.0/8"), [("network",)]),
    ("DN056", put(("network",), "10.0.0.0/7"), [("network",)]),
    ("DN057", put((*MEETING, "address"), "192.0.2.1"), [(*MEETING, "address")]),
    ("DN057", put((*MEETING, "port"), PORT), [(*MEETING, "port")]),
    ("DN058", hybrid(True, 1), [("serving", FIRST, "hierarchical_cache")]),
    ("DN058", hybrid(False, 64), [("serving", FIRST, "page_size")]),
    ("DN059", put(("aws",), {**AWS, "operators": ["0.0.0.0/0"]}), [("aws", "operators", 0)]),
    ("DN059", put((*DOOR, "sources"), ["10.0.0.0/8", "0.0.0.0/0"]), [(*DOOR, "sources", 1)]),
]
NEAR_MISSES: list[tuple[str, list[Change]]] = [
    ("DN040", [serve((FIRST, [WORKER]), (SECOND, [one for one in ALL if one != WORKER]))]),
    ("DN041", [drop(("hosts", list(keys_where(DATA["hosts"], role="ingress"))[-1]))]),
    ("DN041", [drop(("hosts", list(keys_where(DATA["hosts"], role="control-plane"))[-1]))]),
    ("DN042", [put(("serving", FIRST, "discovery"), EC2), put(("aws",), AWS)]),
    ("DN042", [put(("secrets", "api_key"), "ssm:/x"), put(("aws",), AWS)]),
    ("DN042", [put(("secrets", "api_key"), "file:/ssm:/x")]),
    ("DN042", [put(("rehydration", "source"), "https://s3.example.org/x")]),
    ("DN043", [put(("serving", FIRST, "port"), PORT + 1), put(("serving", SECOND, "port"), PORT + 1)]),
    ("DN044", [copy_route(prefix="/zz")]),
    ("DN045", [copy_route(hostname="zz.example.org")]),
    ("DN045", [copy_route(prefix="/zz")]),
    ("DN046", [waive({"overlap_scheduling": "because"})]),
    ("DN047", [put(("legacy", "model_ids"), []), put(("cutover", "phase"), "live")]),
    ("DN048", [put(("cutover", "port_before"), PORT)]),
    ("DN048", [live(PORT - 1)]),
    ("DN049", [put((*EDITOR, "context"), CEILING)]),
    ("DN049", [put((*EDITOR, "max_tokens"), ASKED // 5)]),
    ("DN050", [put(("serving", FIRST, "pp_size"), 2), put(("serving", FIRST, "tp_size"), HALF)]),
    ("DN051", [address(str(next(IPv4Network(DATA["network"]).hosts())))]),
    ("DN052", [put(KEEPALIVE, "1s")]),
    ("DN053", [put((*EDITOR, "timeout"), DATA["proxy"]["read_timeout"])]),
    ("DN054", [strategy("required", "extra_buffer")]),
    ("DN055", [put((*EDITOR, "temperature", "chosen"), HOTTEST)]),
    ("DN056", [put(("network",), "10.0.0.0/8")]),
    ("DN057", [put((*MEETING, "address"), "127.9.9.9")]),
    ("DN057", [put((*MEETING, "port"), PORT + 1)]),
    ("DN058", [hybrid(False, 1)]),
    ("DN059", [put(("aws",), {**AWS, "operators": ["0.0.0.0/1"]})]),
]


def found(*changes: Change) -> list[tuple[str, SpecPath]]:
    return [(one.code, one.path) for one in check(runtime(*changes))]


@pytest.mark.parametrize(("code", "change", "paths"), BROKEN)
def test_a_rule_that_is_broken_is_found_at_its_place(code: str, change: Change, paths: list[SpecPath]):
    assert [place for place in found(change) if place[0] == code] == [(code, path) for path in paths]


@pytest.mark.parametrize(("code", "changes"), NEAR_MISSES)
def test_what_only_looks_like_it_passes(code: str, changes: list[Change]):
    assert found(*changes) == []


@pytest.mark.parametrize("spec", [SPEC, TRUTH_BOOK])
def test_the_specs_keep_every_rule(spec: Path):
    assert list(check(runtime(spec=spec))) == []


def test_every_rule_is_shown_broken_and_kept():
    codes = [rule.code for rule in RULES]
    assert codes == sorted(set(codes))
    assert {code for code, *_ in BROKEN} == {code for code, _ in NEAR_MISSES} == set(codes)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_finding_says_why_and_what_to_do(rule):
    change = next(change for code, change, _ in BROKEN if code == rule.code)
    for one in check(runtime(change)):
        if one.code == rule.code:
            assert one.reason == rule.reason
            assert one.message and one.help and one.severity == "error"
