"""What compiles, loads: no spec gives a value that the strict loader of a program on a host then refuses.

Each number, time and size of a spec is written at both ends of its type, one after the other, and names and
references in their oddest shapes. The spec is refused with a code, or every configuration loads.
"""

from __future__ import annotations

import copy
import importlib
import json
from dataclasses import replace
from fnmatch import fnmatch
from typing import Any, Iterator, Tuple

import pytest
import route_request
import submit_route
from hostkit import config

from compiler.bundle.assemble import Bundle
from compiler.pipeline import Compiled, compile_document
from compiler.spec.path import SpecPath
from compiler.spec.runtime import Runtime
from compiler.spec.shape import Slot, slot_at, walk
from compiler.spec.units import Duration, Quantity, Size
from targets import TARGETS
from tests.compiler.material import ROOT, document, spec_data

SMALL = ROOT / "tests" / "specs" / "small"
TEXT = (SMALL / "runtime.yaml").read_text("utf-8")
DATA = spec_data(SMALL / "runtime.yaml")
ETC = "/etc/acme/"
FOR_PEOPLE = "aws/*"
LOADERS = {
    "apply-route.json": "route_request.Settings",
    "discovery.json": "discover.Settings",
    "first-certificate.json": "first_certificate.Settings",
    "install-*.json": "install_config.Settings",
    "launch.json": "launch.Settings",
    "models/*.manifest.json": "model_manifest.Manifest",
    "models/*.json": "model_manifest.Model",
    "rehydrate.json": "model_shelf.Settings",
    "route-sync.json": "route_settings.Settings",
    "stage-*.json": "model_shelf.Settings",
    "watchdog.json": "watchdog_settings.Settings",
}
ODD_WORDS = {
    "coding": "a1-2-c",
    " coding": f" {'c' * 41}",
    "ssm:/acme/api-key": "file:/etc/a@b=c:d+e_f/key",
    "ssm:/acme/admin-api-key": "ssm:/a.b_c-d/KEY",
    "/mnt/nvme": "/mnt/a@b:c=d+e",
    "s3://acme-models/weights": "https://models.example.org:8443/~a/b=c",
    "served_name: coder-30b": "served_name: A/b._-c",
}
# What the loaders themselves say no to: were the spec to take it, this file would show it.
REFUSED = {"coding": "coding-", " coding": " coding--two", "ssm:/acme/api-key": "ssm:/acme/a@b"}


def compiled(text: str) -> Compiled:
    return compile_document(document(text), SMALL, TARGETS)


def load_all(bundle: Bundle) -> int:
    """Loads every configuration of every host as its program does; says how many there were."""
    found = [(path.partition(ETC)[2], file.data) for path, file in bundle.items() if ETC in path]
    wanted = [one for one in found if one[0].endswith(".json") and not fnmatch(one[0], FOR_PEOPLE)]
    for name, data in wanted:
        loader = next(loader for pattern, loader in LOADERS.items() if fnmatch(name, pattern))
        module, _, kind = loader.partition(".")
        config.parse(getattr(importlib.import_module(module), kind), data, name)
    return len(wanted)


def ends(slot: Slot) -> Iterator[Any]:
    """The least and the most that a type takes, and a value beyond either."""
    for arm in slot.arms():
        kind = arm.annotation
        if isinstance(kind, type) and issubclass(kind, Quantity):
            least = {Duration: "1ms", Size: "1B"}[kind]
            yield from (f"0{least[1:]}", least, str(kind(kind.MOST)), str(kind(kind.MOST + 1)))
        elif kind in (int, float):
            for name, step in (("ge", -1), ("le", 1), ("gt", 0), ("lt", 0)):
                bound = slot.bound(name)
                yield from () if bound is None else (kind(bound), kind(bound) + step)


def places() -> Iterator[Tuple[SpecPath, Any]]:
    for path, slot, _ in walk(Runtime, document(TEXT).data):
        for value in ends(slot):
            yield path, value


def with_value(path: SpecPath, value: Any) -> str:
    data = copy.deepcopy(DATA)
    above = data
    for name in path[:-1]:
        above = above[name]
    above[path[-1]] = value
    return json.dumps(data)


ALL = list(places())


@pytest.mark.parametrize("part", sorted({str(path[0]) for path, _ in ALL}))
def test_the_ends_of_every_number_are_refused_or_load(part: str) -> None:
    for path, value in [one for one in ALL if one[0][0] == part]:
        made = compiled(with_value(path, value))
        assert made.findings or made.bundle, (path, value)
        if made.bundle is not None:
            load_all(made.bundle)


@pytest.mark.parametrize(("old", "new"), ODD_WORDS.items())
def test_the_oddest_words_load(old: str, new: str) -> None:
    made = compiled(TEXT.replace(old, new))
    assert made.bundle is not None, made.findings
    assert load_all(made.bundle) > 10


@pytest.mark.parametrize(("old", "new"), REFUSED.items())
def test_what_a_loader_refuses_does_not_compile(old: str, new: str) -> None:
    made = compiled(TEXT.replace(old, new))
    assert {one.code for one in made.findings} == {"DN023"}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("watchdog.json", b'"probe_timeout_seconds": 10', b'"probe_timeout_seconds": 0'),
        ("rehydrate.json", b'"parallel": 8', b'"parallel": 0'),
        ("apply-route.json", b'"coding"', b'"coding-"'),
        ("launch.json", b'"port": 30000', b'"port": 0'),
    ],
)
def test_a_value_that_a_loader_refuses_is_seen(name: str, old: bytes, new: bytes) -> None:
    bundle = compiled(TEXT).bundle
    assert bundle is not None
    path = next(one for one in bundle if one.endswith(f"{ETC}{name}"))
    file = bundle[path]
    assert old in file.data
    file = replace(file, data=file.data.replace(old, new))
    with pytest.raises(config.ConfigError):
        load_all({**bundle, path: file})


def publication(workers: int) -> bytes:
    """The longest that route-sync asks of an ingress, for so many workers."""
    servers = ["100.100.100.100"] * workers
    request = {"version": route_request.VERSION, "serving": "c" * 41, "servers": servers, "port": 65535}
    return json.dumps({**request, "generation": route_request.GENERATION_LIMIT}).encode() + b"\n"


def test_as_many_workers_as_a_profile_may_have_fit_into_one_request() -> None:
    bundle = compiled(TEXT).bundle
    assert bundle is not None
    data = next(file.data for path, file in bundle.items() if path.endswith("apply-route.json"))
    limit = json.loads(data)["request_limit_bytes"]
    most = slot_at(Runtime, DATA, ("serving", "coding", "workers"))
    assert most is not None and len(publication(most.bound("max_length"))) <= limit
    assert len(publication(most.bound("max_length") + 50)) > limit
    assert submit_route._options(["--socket", "/x"]).limit_bytes == limit


def test_every_loader_is_asked() -> None:
    bundle = compiled(TEXT).bundle
    assert bundle is not None
    names = [path.partition(ETC)[2] for path in bundle if ETC in path]
    assert [pattern for pattern in LOADERS if not any(fnmatch(name, pattern) for name in names)] == []
