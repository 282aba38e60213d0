"""What the compiler's rules say of the hosts' programs is what the programs themselves do."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import model_manifest
import pytest
import watchdog
import watchdog_decide
import watchdog_engine
import watchdog_facts
import watchdog_host
from hostkit.config import ConfigError

from compiler.rules import manifests, recovery

SHA = "0" * 64
GOOD: dict[str, Any] = {"version": 1, "files": [{"path": "config.json", "size": 3, "sha256": SHA}]}


def entry(**fields: Any) -> dict[str, Any]:
    return {"version": 1, "files": [{"path": "a/b.bin", "size": 1, "sha256": SHA, **fields}]}


MANIFESTS: dict[str, Any] = {
    "good": GOOD,
    "another version": {**GOOD, "version": 2},
    "a version that is true": {**GOOD, "version": True},
    "a version as text": {**GOOD, "version": "1"},
    "a key too many": {**GOOD, "made": "today"},
    "no files": {"version": 1},
    "an empty list": {"version": 1, "files": []},
    "a list": [],
    "files by name": {"version": 1, "files": {"config.json": 3}},
    "a file that is a name": {"version": 1, "files": ["config.json"]},
    "a file too many keys": entry(mode=420),
    "a file without a size": {"version": 1, "files": [{"path": "a", "sha256": SHA}]},
    "a path that leads out": entry(path="../a"),
    "an absolute path": entry(path="/a"),
    "a folder": entry(path="a/"),
    "a hidden part": entry(path="a/.git/b"),
    "a path with a line break": entry(path="a\nb"),
    "an unfinished download": entry(path="a.partial"),
    "a number as a path": entry(path=1),
    "a size as text": entry(size="1"),
    "a size with a fraction": entry(size=1.5),
    "a size of less than nothing": entry(size=-1),
    "a size that is true": entry(size=True),
    "nothing in a file": entry(size=0),
    "a short hash": entry(sha256="0" * 63),
    "a hash in capitals": entry(sha256="A" * 64),
    "a path twice": {"version": 1, "files": entry()["files"] * 2},
    "a file that is a folder too": {"version": 1, "files": [*entry()["files"], *entry(path="a")["files"]]},
}
TEXTS = {name: json.dumps(value).encode() for name, value in MANIFESTS.items()} | {
    "no JSON": b"config.json 3",
    "no text": b"\xff\xfe",
    "a key twice": b'{"version": 1, "version": 1, "files": []}',
    "too deep": b"[" * 100_000,
    "a number that is none": json.dumps(GOOD).encode().replace(b": 3", b": NaN"),
    "a number without end": json.dumps(GOOD).encode().replace(b": 3", b": 1e999"),
}


def taken_by_the_compiler(text: bytes) -> bool:
    try:
        return not list(manifests.problems(manifests.read(text)))
    except manifests.NoManifest:
        return False


def taken_by_the_program(place: Path) -> bool:
    try:
        model_manifest.load(str(place))
    except ConfigError:
        return False
    return True


@pytest.mark.parametrize("name", TEXTS)
def test_a_manifest_is_judged_as_its_program_does(name: str, tmp_path: Path):
    place = tmp_path / "manifest.json"
    place.write_bytes(TEXTS[name])
    assert taken_by_the_compiler(TEXTS[name]) == taken_by_the_program(place)
    assert taken_by_the_compiler(TEXTS[name]) == (name in ("good", "nothing in a file"))


def test_the_figures_of_a_tick_are_the_watchdogs():
    """Each command of a tick is one mention of its limit; the driver's query is made twice."""
    looks = sum(inspect.getsource(one).count("COMMAND_SECONDS") for one in _LOOKS)
    actions = inspect.getsource(watchdog.commands).count('["systemctl"')
    drivers = inspect.getsource(watchdog_host.gpus).count("_query(")
    seconds = (looks + actions) * watchdog_host.COMMAND_SECONDS + drivers * watchdog_host.GPU_SECONDS
    assert recovery.COMMANDS.seconds == seconds
    asked = inspect.getsource(watchdog_facts._served)
    assert sum(asked.count(f"engine.{one}(") for one in ("health", "listed", "work")) == recovery.QUESTIONS
    assert recovery.REMEMBERED == watchdog_decide.KEPT_RESTARTS


_LOOKS = (watchdog_host.rehydrating, watchdog_host.dependencies, watchdog_host.unit)


def test_every_short_question_has_the_short_time_out():
    """All but the completion, which brings its own."""
    source = inspect.getsource(watchdog_engine.Engine)
    assert source.count("timeout=self.timeout") + source.count("self.token, self.timeout") == 3
    assert source.count("timeout=timeout") == 1
