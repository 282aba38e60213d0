"""What a lock pins: names as indexes compare them, extras, addresses, and what is none."""

from __future__ import annotations

import pytest

from compiler.spec.pins import normalised, pins

LOCKS = [
    ("sglang==0.5.9", {"sglang": "0.5.9"}),
    ("SGLang==0.5.9 \\\n    --hash=sha256:00", {"sglang": "0.5.9"}),
    ("sglang[all,dev] == 0.5.9 ; python_version > '3'", {"sglang": "0.5.9"}),
    ("Zope.Interface==5\nruamel_yaml==1", {"zope-interface": "5", "ruamel-yaml": "1"}),
    ("sglang @ https://example.org/x.whl", {"sglang": ""}),
    ("# sglang==0.5.9\nsglang-kernel==0.4.1", {"sglang-kernel": "0.4.1"}),
    ("sglang>=0.5", {}),
    ("", {}),
]


@pytest.mark.parametrize(("text", "found"), LOCKS)
def test_what_is_pinned(text: str, found: dict[str, str]):
    assert pins(text.encode()) == found


def test_names_are_compared_as_indexes_do():
    assert normalised("SG_Lang..Kernel") == "sg-lang-kernel"
