"""A fact that is written once is changed once: every output that held the old value has the new one instead.

Old values may stay only where the past is told: in what is left to do, and in the texts of `why:` and
`assumed:`, which are commentary. These are taken out of the spec before the comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache

import pytest

from compiler.source.document import Data
from compiler.spec.path import SpecPath
from tests.book.compiling import FIRST, Outputs, document, outputs, put

HISTORY = {"why", "assumed", "remaining", "replaced_files"}


@dataclass(frozen=True)
class Rename:
    """`old` is a pattern of the value in paths and contents; `among` are outputs that hold it today."""

    changes: dict[SpecPath, Data]
    old: str
    new: str
    among: tuple[str, ...]
    beside: dict[SpecPath, Data] = field(default_factory=dict)
    """What is changed before the comparison."""


# Facts of their own with the prefix's word in them: they get other values, and what is left is the prefix.
NAMESAKES: dict[SpecPath, Data] = {
    ("title",): "Shared coding runtime",
    ("public", "routes", "velocity", "hostname"): "velocity.site.example",
    ("public", "routes", "llm", "hostname"): "llm.site.example",
    ("hosts", "ingress", "ssh", "address"): "llm.site.example",
    ("secrets", "api_key"): "ssm:/site/api-key",
    ("secrets", "admin_api_key"): "ssm:/site/admin-api-key",
    ("secrets", "route_sync_ssh_key"): "ssm:/site/ssh-key",
    ("rehydration", "source"): "s3://site/models",
    ("serving", "coding", "discovery", "tags", "Name"): "site-worker",
    ("clients", "roo", "profile"): "site",
}

WORKER, INGRESS, ORIGIN = "hosts/gpu-worker/root", "hosts/ingress/root", "hosts/linux-origin/root"
RENAMES = {
    "serving port": Rename(
        {("serving", "coding", "port"): 30222},
        r"(?<![0-9])30100(?![0-9])",
        "30222",
        (
            f"{WORKER}/etc/desineuron/launch.json",
            f"{WORKER}/etc/desineuron/watchdog.json",
            f"{INGRESS}/etc/desineuron/apply-route.json",
            f"{WORKER}/etc/desineuron/aws/security-group.json",
            f"{ORIGIN}/etc/desineuron/llm-route-sync.env",
            f"{ORIGIN}/etc/desineuron/llm-route-sync.json",
            "docs/hand-off.md",
        ),
    ),
    "served name": Rename(
        {("models", "coder", "served_name"): "other-coder"},
        r"qwen3\.6-35b-a3b",
        "other-coder",
        (
            f"{WORKER}/etc/desineuron/launch.json",
            f"{WORKER}/etc/desineuron/watchdog.json",
            f"{ORIGIN}/etc/desineuron/llm-route-sync.json",
            "clients/backend/backend.env",
            "clients/nemoclaw/nemoclaw.env",
            "clients/oracle/oracle-runtime.env",
            "clients/prompt-expander/prompt-expander.env",
            "clients/roo/roo-code-settings.json",
            "clients/benchmark/benchmark-baseline.json",
            "clients/provider-catalogue/provider-catalogue.json",
            "docs/hand-off.md",
        ),
    ),
    "repository": Rename(
        {("models", "coder", "repository"): "Other/Coder-FP8"},
        r"Qwen.Qwen3\.6-35B-A3B-FP8",
        "Other.Coder-FP8",
        (
            f"{WORKER}/etc/desineuron/launch.json",
            f"{WORKER}/etc/desineuron/models/coder.json",
            "docs/hand-off.md",
        ),
    ),
    "hostname": Rename(
        {
            ("public", "routes", "llm", "hostname"): "models.example.org",
            ("hosts", "ingress", "ssh", "address"): "models.example.org",
        },
        r"llm\.desineuron\.in",
        "models.example.org",
        (
            f"{INGRESS}/etc/nginx/conf.d/desineuron-llm.desineuron.in.conf",
            f"{ORIGIN}/etc/desineuron/llm-route-sync.json",
            "clients/backend/backend.env",
            "clients/roo/roo-code-settings.json",
            "clients/provider-catalogue/provider-catalogue.json",
            "docs/hand-off.md",
        ),
    ),
    "mount": Rename(
        {("hosts", "gpu-worker", "nvme", "mount"): "/mnt/instance"},
        r"/opt/dlami/nvme",
        "/mnt/instance",
        (
            f"{WORKER}/etc/desineuron/launch.json",
            f"{WORKER}/etc/desineuron/sglang.env",
            f"{WORKER}/etc/desineuron/nvme-directories.conf",
            f"{WORKER}/etc/desineuron/rehydrate.json",
            f"{WORKER}/etc/desineuron/stage-candidate-122b.json",
            f"{WORKER}/etc/desineuron/models/coder.json",
            f"{WORKER}/etc/desineuron/watchdog.json",
            f"{WORKER}/etc/systemd/system/desineuron-sglang.service",
            f"{WORKER}/etc/systemd/system/desineuron-model-rehydrate.service",
            f"{WORKER}/etc/systemd/system/desineuron-sglang-watchdog.service",
            "docs/hand-off.md",
        ),
    ),
    "prefix": Rename(
        {("name",): "other"},
        r"(?i)desineuron",
        "other",
        (
            f"{WORKER}/etc/systemd/system/desineuron-sglang.service",
            f"{INGRESS}/etc/nginx/conf.d/00-desineuron.conf",
            f"{INGRESS}/etc/nginx/desineuron/llm.locations",
            f"{INGRESS}/etc/sysusers.d/desineuron-route-applier.conf",
            f"{ORIGIN}/usr/local/bin/run_llm_route_sync.sh",
            f"{WORKER}/etc/desineuron/aws/security-group.json",
            f"{ORIGIN}/usr/local/lib/desineuron/sync_llm_route.py",
            "docs/hand-off.md",
        ),
        beside=NAMESAKES,
    ),
}


def without_history(data: Data) -> Data:
    """The spec without what tells of the past."""
    if isinstance(data, dict):
        return {key: without_history(value) for key, value in data.items() if key not in HISTORY}
    return tuple(map(without_history, data)) if isinstance(data, tuple) else data


@cache
def compiled(name: str, *, renamed: bool = True) -> Outputs:
    """The outputs after a rename, or before it."""
    data = put_all(without_history(document(FIRST).data), RENAMES[name].beside)
    return outputs(FIRST, put_all(data, RENAMES[name].changes) if renamed else data)


def put_all(data: Data, changes: dict[SpecPath, Data]) -> Data:
    for path, value in changes.items():
        data = put(data, path, value)
    return data


def holding(found: Outputs, pattern: str) -> set[str]:
    """The outputs that have a match in their path, or in their content."""
    wanted = re.compile(pattern)
    return {path for path, data in found.items() if wanted.search(path) or wanted.search(data.decode())}


@pytest.mark.parametrize("name", RENAMES)
def test_the_outputs_that_are_known_to_hold_the_value_do(name: str):
    assert set(RENAMES[name].among) - holding(compiled(name, renamed=False), RENAMES[name].old) == set()


@pytest.mark.parametrize("name", RENAMES)
def test_the_old_value_is_nowhere_after_the_change(name: str):
    rename = RENAMES[name]
    assert holding(compiled(name), rename.old) == set()


@pytest.mark.parametrize("name", RENAMES)
def test_every_output_that_held_the_old_value_holds_the_new_one(name: str):
    rename = RENAMES[name]
    held = holding(compiled(name, renamed=False), rename.old)
    assert {re.sub(rename.old, rename.new, path) for path in held} - holding(
        compiled(name), rename.new
    ) == set()


@pytest.mark.parametrize("name", RENAMES)
def test_an_output_that_kept_the_old_value_is_seen(name: str):
    rename = RENAMES[name]
    stale = rename.among[0]
    after = {**compiled(name), stale: compiled(name, renamed=False)[stale]}
    assert holding(after, rename.old) == {stale}
