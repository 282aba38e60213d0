"""Shell scripts: the program that a script runs gets the words as they are, and then the operator's own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from compiler.formats.safe import Unsafe
from compiler.formats.script import Beside, Script
from tests.compiler.formats.hostile import ORDINARY, TEXT, VALUES, accepted
from tests.native.needs import needs

PRINT = "import json, sys; print(json.dumps(sys.argv[1:]))"
SHELLS = [shell for shell in ("dash", "bash", "busybox") if shutil.which(shell)]


def script(*values: str, about: str = "x") -> bytes:
    return Script((sys.executable, "-c", PRINT, *values), about).render()


def run(folder: Path, data: bytes, *more: str, shell: str = "sh") -> list[str]:
    place = folder / "run.sh"
    place.write_bytes(data)
    words = [shell, "sh"] if shell == "busybox" else [shell]
    done = subprocess.run([*words, str(place), *more], cwd="/", capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    return json.loads(done.stdout)


@pytest.mark.parametrize("shell", SHELLS)
def test_no_word_breaks_out(tmp_path: Path, shell: str):
    values = accepted(script, VALUES)
    assert run(tmp_path, script(*values), shell=shell) == values


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(value=TEXT)
def test_no_text_at_all_breaks_out(tmp_path: Path, value: str):
    if accepted(script, [value]):
        assert run(tmp_path, script("first", value, "last")) == ["first", value, "last"]


def test_no_comment_breaks_out(tmp_path: Path):
    values = accepted(lambda value: script(about=value), VALUES)
    assert {"a\\", "$(id)", "`id`"} <= set(values)
    for value in values[::7]:
        assert run(tmp_path, script("x", about=value)) == ["x"]


def test_ordinary_words_are_carried():
    values = [*ORDINARY, "", "$x", "a'b", '"', "\\", "-x", "A=b", "~"]
    assert accepted(script, values) == values


@pytest.mark.parametrize("value", ["a\nb", "a\rb", "\0", "\u2028", "\x85", "\\\n"])
def test_a_word_is_one_line(value: str):
    with pytest.raises(Unsafe):
        script(value)
    with pytest.raises(Unsafe):
        script(about=value)
    with pytest.raises(Unsafe):
        Script((Beside(value),), "x").render()


def test_the_operators_own_words_come_last(tmp_path: Path):
    assert run(tmp_path, script("a b"), "c d", "", "$x") == ["a b", "c d", "", "$x"]


@pytest.mark.parametrize("name", ["prog.py", "a b.py", "$x.py", "-x.py", "'.py"])
@pytest.mark.parametrize("folder", ["plain", "with blank", "$x", "-d", "a'b", "a;b"])
def test_a_file_beside_the_script(tmp_path: Path, folder: str, name: str):
    place = tmp_path / folder
    place.mkdir()
    (place / name).write_text(PRINT.replace("[1:]", "[0:]"))
    found = run(place, Script((sys.executable, Beside(name), "x"), "x").render())
    assert found == [str(place / name), "x"]


def test_a_file_beside_the_script_is_found_from_its_own_folder(tmp_path: Path):
    (tmp_path / "x.py").write_text(PRINT)
    (tmp_path / "run.sh").write_bytes(Script((sys.executable, Beside("x.py")), "x").render())
    done = subprocess.run(
        ["sh", "run.sh", "a"], cwd=tmp_path, env={"CDPATH": "/"}, capture_output=True, check=True
    )
    assert json.loads(done.stdout) == ["a"]


def test_a_failure_is_the_programs_own(tmp_path: Path):
    place = tmp_path / "run.sh"
    place.write_bytes(Script((sys.executable, "-c", "raise SystemExit(7)"), "x").render())
    assert subprocess.run(["sh", str(place)], check=False).returncode == 7


@pytest.mark.native
def test_shellcheck_has_nothing_to_say(tmp_path: Path):
    values = [value for value in accepted(script, VALUES) if value.isascii()]
    place = tmp_path / "run.sh"
    place.write_bytes(Script((Beside("a b"), "x", "two words"), "About it").render())
    subprocess.run([needs("shellcheck"), str(place)], check=True)
    place.write_bytes(script(*values))
    # A dollar or a tilde in single quotes is meant.
    subprocess.run(
        [needs("shellcheck"), "--severity=warning", "--exclude=SC2016,SC2088", str(place)], check=True
    )
