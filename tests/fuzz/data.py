"""Mutations of a spec as data: a value where another belongs, an unknown key, a part that is gone."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from compiler.spec.path import SpecPath

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2, 80, 443, 65535, 65536, 2**31, 10**39, 1.5, -0.0, 1e300, "", " ", "x",
    "X", "no", "0", "~", ".", "..", "/", "//", "/a/../..", "a b", "a\nb", "a\tb", "'", '"', "\\", "$x",
    "${x}", "%n", "{{ x }}", "\x1b[31m", "\x85", "\u2028", "\u00e9", "e\u0301", "\U0001f600", "x" * 300,
    "10GB", "0GB", "5m", "0s", "-5m", "999999999TB", "0.0.0.0", "127.0.0.1", "10.20.0.1", "10.20.0.0/16",
    "0.0.0.0/0", "::1", "::/0", "8.8.8.8", "example.org", "https://example.org/v1", "http://[::1",
    "https://user:pw@example.org:99999/v1", "a:b", "a/b", "env:TOKEN", "ssm:/a/b", "latest", "1.2.3",
    "sglang", "ollama", "sk-" + "a1B2" * 8, [], {}, [[]], [{}], [None], ["x", "x"], {"": 1},
    {"x": {"x": {"x": {}}}}, {"kind": "x"}, {"role": "gpu"}, {"source": "imds"},
)  # fmt: skip


def paths(data: Any, path: SpecPath = ()) -> list[SpecPath]:
    """Every place in the data but the root."""
    found: list[SpecPath] = []
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in parts:
        found += [(*path, name), *paths(value, (*path, name))]
    return found


@st.composite
def mutants(draw: st.DrawFn, good: Any) -> Any:
    """The data after one to four changes, each of something that is still there."""
    data = copy.deepcopy(good)
    places = paths(data)
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(places))
        _change(draw, data, path, places)
    return data


def as_text(data: Any) -> str:
    """JSON is YAML."""
    return json.dumps(data, indent=1, ensure_ascii=False)


def _change(draw: st.DrawFn, data: Any, path: SpecPath, places: list[SpecPath]) -> None:
    parent = reach(data, path[:-1])
    name: Any = path[-1]
    if not _has(parent, name):
        return
    kind = draw(st.sampled_from(("put", "put", "drop", "rename", "wrap", "other", "again")))
    if kind == "put":
        parent[name] = copy.deepcopy(draw(st.sampled_from(ODD)))
    elif kind == "drop":
        del parent[name]
    elif kind == "wrap":
        parent[name] = [parent[name]] if draw(st.booleans()) else {"x": parent[name]}
    elif kind == "other":
        parent[name] = copy.deepcopy(reach(data, draw(st.sampled_from(places))))
    elif isinstance(parent, list):
        parent.append(copy.deepcopy(parent[name]))
    elif kind == "again":
        parent[f"{name}2"] = copy.deepcopy(parent[name])
    else:
        parent[draw(st.sampled_from((f"{name}s", str(name)[:-1], str(name).upper(), "x", "")))] = parent.pop(
            name
        )


def reach(data: Any, path: SpecPath) -> Any:
    """What stands at a path; nothing if a change has taken it away."""
    for name in path:
        if not _has(data, name):
            return None
        data = data[name]
    return data


def _has(data: Any, name: Any) -> bool:
    if isinstance(data, dict):
        return name in data
    return isinstance(data, list) and isinstance(name, int) and name < len(data)
