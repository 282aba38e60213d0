"""The strict loader: what it takes, and what it says of what it refuses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Literal, Optional, Tuple

import pytest
from hostkit import config


@dataclass(frozen=True)
class Part:
    size_bytes: int
    ratio: float


@dataclass(frozen=True)
class Whole:
    name: str
    on: bool
    kind: Literal["red", "blue"]
    parts: Tuple[Part, ...]
    table: Dict[str, Part]
    maybe: Optional[int]

    def __post_init__(self) -> None:
        if self.name == "bad":
            raise ValueError("name: must not be bad")


GOOD = (
    '{"name": "n", "on": true, "kind": "red", "parts": [{"size_bytes": 1, "ratio": 2}], '
    '"table": {"a": {"size_bytes": 3, "ratio": 0.5}}, "maybe": null}'
)


def read(tmp_path: Path, text: str) -> Whole:
    path = tmp_path / "whole.json"
    path.write_text(text, encoding="utf-8")
    return config.load(Whole, str(path))


def test_reads_a_tree(tmp_path: Path) -> None:
    whole = read(tmp_path, GOOD)
    assert whole == Whole("n", True, "red", (Part(1, 2.0),), {"a": Part(3, 0.5)}, None)
    assert type(whole.parts[0].ratio) is float


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"name": "n"', '"nmae": "n"', "nmae: is unknown; did you mean 'name'?"),
        ('"name": "n", ', "", "name: is missing"),
        ('"name": "n"', '"name": 1', "name: should be a text, not a whole number"),
        ('"name": "n"', '"name": "bad"', "whole.json: name: must not be bad"),
        ('"on": true', '"on": 1', "on: should be true or false, not a whole number"),
        (
            '"size_bytes": 1',
            '"size_bytes": true',
            "parts[0].size_bytes: should be a whole number, not true or false",
        ),
        (
            '"size_bytes": 1',
            '"size_bytes": 1.0',
            "parts[0].size_bytes: should be a whole number, not a number",
        ),
        ('"ratio": 2', '"ratio": false', "parts[0].ratio: should be a number, not true or false"),
        ('"ratio": 2', '"ratio": NaN', "NaN is no JSON number"),
        ('"ratio": 2', '"ratio": -Infinity', "-Infinity is no JSON number"),
        ('"ratio": 2', '"ratio": 1e999', "1e999 is too large a number"),
        ('"ratio": 2', '"ratio": 1' + 400 * "0", "parts[0].ratio: is too large a number"),
        ('"ratio": 0.5', '"ratio": 0.5, "ratio": 0.5', "the key 'ratio' is given twice"),
        ('"a": {', '"a b": {"x": 1, ', 'table."a b".x: is unknown'),
        ('"red"', '"rde"', 'kind: should be "red" or "blue"; did you mean \'red\'?'),
        ('"parts": [{"size_bytes": 1, "ratio": 2}]', '"parts": {}', "parts: should be a list, not an object"),
        ('"maybe": null', '"maybe": "1"', "maybe: should be a whole number, not a text"),
        (GOOD, "[]", "whole.json: should be an object, not a list"),
        (GOOD, "{", "is no valid JSON"),
        (GOOD, 100_000 * "[", "JSON"),
        (GOOD, "[" * 100_000 + "]" * 100_000, "whole.json: "),
    ],
)
def test_refuses(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = GOOD.replace(old, new, 1)
    assert text != GOOD
    with pytest.raises(config.ConfigError) as caught:
        read(tmp_path, text)
    assert message in str(caught.value) or (len(new) > 99_999 and "nested too deeply" in str(caught.value))
    assert str(tmp_path / "whole.json") in str(caught.value)


def test_tells_no_value_of_a_wrong_type(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError) as caught:
        read(tmp_path, GOOD.replace("true", '"hunter2"'))
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("data", [b"\xff{}", b"\xef\xbb\xbf{}", b""])
def test_refuses_what_is_no_text(data: bytes) -> None:
    with pytest.raises(config.ConfigError, match="here: is no valid JSON"):
        config.parse(Part, data, "here")


def test_a_missing_file_is_an_error_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="cannot be read: No such file"):
        config.load(Whole, str(tmp_path / "absent.json"))
