"""systemd itself reads a unit with every hostile value, and says what it understood."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compiler.formats import unit
from compiler.formats.safe import Safe
from tests.compiler.formats import systemd_reader as systemd
from tests.compiler.formats.hostile import VALUES, accepted
from tests.compiler.formats.test_unit import write_item, write_program, write_value, write_word
from tests.native.needs import needs

pytestmark = pytest.mark.native

NOBODY = 65534
MANAGERS = ("/lib/systemd/systemd", "/usr/lib/systemd/systemd")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the manager can enter: it does not test as root, so it runs as nobody."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def manager() -> str:
    """The service manager, which has a mode that loads units, prints them and starts nothing."""
    needs("systemd-analyze")
    found = [place for place in MANAGERS if Path(place).exists()]
    assert found, "systemd-analyze is here without a manager"
    return found[0]


def understood(folder: Path, made: unit.Unit) -> dict[str, list[str]]:
    """What the manager's dump says of the unit, by label."""
    units, runtime = folder / "units", folder / "run"
    units.mkdir()
    runtime.mkdir()
    (units / "x.service").write_bytes(made.render())
    env = {
        "SYSTEMD_UNIT_PATH": str(units),
        "XDG_RUNTIME_DIR": str(runtime),
        "HOME": str(runtime),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
    }
    words = [manager(), "--test", "--user", "--no-pager", "--unit=x.service"]
    nobody: dict[str, Any] = (
        {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    )
    runtime.chmod(0o777)
    done = subprocess.run(words, env=env, capture_output=True, check=False, **nobody)
    text = (done.stdout + done.stderr).decode()
    start = text.find("-> Unit x.service:")
    assert start >= 0, text[-2000:]
    said: dict[str, list[str]] = {}
    for label, value in re.findall(
        r"^\t+([A-Z][A-Za-z ]+): ?(.*)$", text[start:].split("\n\t-> Unit")[0], re.MULTILINE
    ):
        said.setdefault(label, []).append(value)
    return said


def oneshot(**directives) -> unit.Unit:
    return unit.unit(
        unit.section("Unit", Description="before", DefaultDependencies=False),
        unit.section("Service", Type="oneshot", **directives),
    )


def test_words(folder: Path):
    values = accepted(write_word, VALUES)
    commands = tuple(unit.command(("/bin/x", "first", value, "last")) for value in values)
    found = understood(folder, oneshot(ExecStart=commands))["Command Line"]
    got = [systemd.words(line.replace("\\$", "$").replace("\\`", "`")) for line in found]
    assert [[systemd.variables(word) for word in words] for words in got] == [
        ["/bin/x", "first", value, "last"] for value in values
    ]


def test_a_word_without_escapes_is_seen(folder: Path):
    naive = Safe('/bin/x first a"b" $$x %% last', unit.COMMAND)
    (found,) = understood(folder, oneshot(ExecStart=naive))["Command Line"]
    assert systemd.words(found.replace("\\$", "$")) == ["/bin/x", "first", "ab", "$$x", "%", "last"]


def test_variables(folder: Path):
    values = accepted(write_item, VALUES)
    names = {f"V{number:04}": value for number, value in enumerate(values)}
    found = understood(
        folder, oneshot(Environment=unit.environment(names), ExecStart=unit.command(("/bin/x",)))
    )
    assert found["Environment"] == [f"{name}={value}" for name, value in names.items()]


def test_plain_values(folder: Path):
    for number, value in enumerate(accepted(write_value, VALUES)[::9]):
        place = folder / str(number)
        place.mkdir()
        made = unit.unit(
            unit.section("Unit", Description=value, DefaultDependencies=False),
            unit.section("Service", Type="oneshot", ExecStart=unit.command(("/bin/x",))),
        )
        assert understood(place, made)["Description"] == [value or "x.service"]


def test_programs_are_the_files_that_were_meant(tmp_path: Path):
    """`verify` complains of a program that is not there: with each of these names, one is."""
    (tmp_path / "bin").mkdir()
    values = [
        value for value in accepted(write_program, VALUES) if value not in ("", ".", "/") and "/" not in value
    ]
    for value in values:
        place = tmp_path / "bin" / value
        place.write_text("#!/bin/sh\n")
        place.chmod(0o755)
    commands = tuple(unit.command((f"{tmp_path}/bin/{value}",)) for value in values)
    assert verify(tmp_path, oneshot(ExecStart=commands)) == ""
    absent = oneshot(ExecStart=unit.command((f"{tmp_path}/bin/not there",)))
    assert f"{tmp_path}/bin/not there is not executable" in verify(tmp_path, absent)


def verify(folder: Path, made: unit.Unit) -> str:
    place = folder / "x.service"
    place.write_bytes(made.render())
    words = [shutil.which("systemd-analyze") or "", "verify", "--man=no", "--generators=no", str(place)]
    env = {**os.environ, "SYSTEMD_UNIT_PATH": str(folder), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)
    return "".join(
        line for line in done.stderr.splitlines(keepends=True) if "x.service" in line or str(folder) in line
    )
