"""The first spec's own words: none may stand in the compiler, which is for any runtime of this kind.

They are read from the spec, so that a new value is looked for from the day that it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.repository.tree import sources

# Where the spec names something of its site: `*` is any key or item; `keys` takes the mapping's own names.
PLACES = (
    "name",
    "network",
    "aws.region",
    "hardware.instances keys",
    "hosts keys",
    "hosts.*.address.last_seen",
    "hosts.*.ssh.address",
    "hosts.*.nvme.mount",
    "hosts.*.nvme.unit",
    "models.*.served_name",
    "models.*.repository",
    "models.*.family",
    "models.*.script",
    "public.routes keys",
    "public.routes.*.hostname",
    "rehydration.source",
    "secrets.*",
    "legacy.providers.*",
    "legacy.model_ids.*",
    "route_sync.wrapper",
    "route_sync.program",
    "route_sync.installer",
    "engine.installer",
    "watchdog.installer",
    "clients.*.deploy_script",
    "clients.*.consumers.*",
)
# Named by the first spec, and by the world: each would be found where it means something else.
GENERIC = {
    *("admin-api-key", "api-key", "route-sync-ssh-key"),
    *("backend", "scripts", "services"),
    *("gpu-worker", "ingress", "llm"),
    *("models", "nvme", "opt", "s3", "ssm"),
}
# Tables of what a consumer accepts, by version: they name what the consumer's authors named.
CONSUMER_TABLES = re.compile(r"/(?:flags|schemas)/|\.schema\.json$")
BACKGROUND = {"why", "assumed"}


def first_spec(spec: Path) -> dict[str, list[str]]:
    """Each place of the spec with the words that it gives."""
    data = yaml.safe_load(spec.read_text(encoding="utf-8"))
    return {place: sorted(set(_words(data, place))) for place in PLACES}


def found_in(root: Path, words: set[str]) -> list[str]:
    """Where the compiler or a target uses one of the words, alone or as a part of a longer one."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    pattern = re.compile("|".join(map(_pattern, longest_first)), re.IGNORECASE)
    return [
        source.at(number, f"{hit.group()!r} is the first spec's: take it from the spec")
        for source in sources(root)
        if source.top in {"compiler", "targets"} and not CONSUMER_TABLES.search(f"/{source.path}")
        for number, line in enumerate(source.text.splitlines(), start=1)
        for hit in pattern.finditer(line)
    ]


def _pattern(word: str) -> str:
    end = "" if word.endswith(".") else r"(?![A-Za-z0-9])"
    return rf"(?<![A-Za-z0-9]){re.escape(word)}{end}"


def _words(data: Any, place: str) -> Iterator[str]:
    where, _, keys = place.partition(" ")
    for value in _select(data, where.split(".")):
        told = [key for key in value if key not in BACKGROUND] if keys else _tellers(value)
        yield from (word for word in told if len(word) > 2 and word.lower() not in GENERIC)


def _select(data: Any, keys: list[str]) -> Iterator[Any]:
    """The values below a dotted path; keys that carry reasons are passed over."""
    if not keys:
        yield data
    elif isinstance(data, list) and keys[0] == "*":
        for item in data:
            yield from _select(item, keys[1:])
    elif isinstance(data, dict):
        for key, value in data.items():
            if key not in BACKGROUND and keys[0] in {"*", key}:
                yield from _select(value, keys[1:])


def _tellers(value: Any) -> Iterator[str]:
    """A value and the parts of it that would betray it alone; a value that is absent gives none."""
    if not isinstance(value, str):
        return
    yield value
    if re.fullmatch(r"[\d./]+", value):  # an address or a network: also its first half
        yield value.partition("/")[0]
        yield ".".join(value.split(".")[:2]) + "."
    elif "/" in value:
        yield from re.split(r"[/:]+", value)
    elif value.count(".") > 1 and " " not in value and ":" not in value:  # a hostname: also its domain
        yield ".".join(value.split(".")[-2:])
