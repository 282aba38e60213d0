"""Paths in launch arguments: after a name, in a list, in JSON, and in what only looks like it."""

from __future__ import annotations

import pytest

from compiler.spec.argument_words import paths_in

VALUES = [
    ("/mnt/x", ["/mnt/x"]),
    ("a=/srv/lora b=/mnt/b", ["/srv/lora", "/mnt/b"]),
    ("a=/x,/y", ["/x", "/y"]),
    ('{"path": "/srv/x", "n": [1, {"b": "/y"}], "url": "https://x/y"}', ["/srv/x", "/y"]),
    ('{"path": "/srv/x"', ["/srv/x"]),
    ("acme/coder", []),
    ("tcp://*:5557", []),
    (7, []),
    (True, []),
]


@pytest.mark.parametrize(("value", "found"), VALUES)
def test_every_path_is_found(value: object, found: list[str]):
    assert list(paths_in(value)) == found
