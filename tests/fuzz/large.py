"""Specs with very many of something: how long a look at them takes must grow no faster than they do."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tests.cases import folder_of
from tests.compiler.material import spec_data

SMALL = folder_of("small") / "runtime.yaml"
CODES = ("DN046", "DN054", "DN069", "DN071", "DN073", "DN074", "DN079", "DN080", "DN092", "DN093", "DN094")


def hosts(count: int) -> Any:
    """Workers, each with waivers that nothing needs."""
    data = spec_data(SMALL)
    for number in range(count):
        host = copy.deepcopy(data["hosts"]["gpu-1"])
        host["address"]["last_seen"] = f"10.20.{2 + number // 200}.{1 + number % 200}"
        host["waive"] = dict.fromkeys(CODES, "so it was decided")
        data["hosts"][f"w{number}"] = host
    return data


def endpoints(count: int) -> Any:
    """Public endpoints that nobody knows."""
    data = spec_data(SMALL)
    more = [{"method": "POST", "path": f"/x{number}"} for number in range(count)]
    data["public"]["endpoints"]["more"] = more
    return data


def arguments(count: int) -> Any:
    """Arguments that the engine does not have, beside a value that it corrects."""
    data = spec_data(SMALL)
    serving = data["serving"]["coding"]
    serving["arguments"] = {f"a{number}": 1 for number in range(count)}
    serving["features"]["attention_backend"] = "trtllm_mha"
    return data


def models(count: int) -> Any:
    """Staged models without a manifest, each with a waiver that is needed."""
    data = spec_data(SMALL)
    for number in range(count):
        data["models"][f"m{number}"] = staged(data, number) | {"waive": {"DN080": "it is only tried"}}
    return data


def staged(data: Any, number: int) -> dict[str, Any]:
    """A model like the staged one of the spec, without a manifest."""
    model = dict(data["models"]["next"])
    return model | {"repository": f"acme/m{number}-awq", "script": f"s{number}.sh", "manifest": None}


KINDS: dict[str, tuple[Callable[[int], Any], int]] = {
    "hosts": (hosts, 100),
    "endpoints": (endpoints, 1000),
    "arguments": (arguments, 2000),
    "models": (models, 200),
}
"""How to make each, and how many are few."""
