"""Environment files: systemd, a shell and a dotenv library read the same values, or the value is refused."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys

import dotenv
import pytest
from hypothesis import given

from compiler.formats.env import Env, parse
from compiler.formats.safe import Unsafe
from tests.compiler.formats.hostile import ORDINARY, TEXT, VALUES, accepted, wrong

PRINT = "import json, os; print(json.dumps({k: os.environ.get(k) for k in ('FIRST', 'X', 'LAST')}))"
AROUND: dict[str, object] = {"FIRST": "1", "LAST": "2"}


def write(value: object) -> bytes:
    return Env((("FIRST", "1"), ("X", value), ("LAST", "2"))).render()


def only(found: dict[str, object]) -> object:
    """The value of X, if all else is as it was written."""
    return found["X"] if found.keys() == {"FIRST", "X", "LAST"} and found | AROUND == found else found


def by_dotenv(data: bytes) -> object:
    return only(dict(dotenv.dotenv_values(stream=io.StringIO(data.decode()))))


def by_systemd(data: bytes) -> object:
    """systemd.exec(5) on EnvironmentFile=: comments, blanks around, quotes, backslashes; no expansion."""
    found: dict[str, object] = {}
    for line in data.decode().split("\n"):
        if line.lstrip()[:1] in ("", "#", ";"):
            continue
        name, _, raw = line.partition("=")
        raw = raw.strip(" \t")
        quoted = re.fullmatch(r'"([^"\\]*)"|\'([^\']*)\'', raw)
        if quoted is None and re.search(r"[\\'\"]", raw):
            return f"not understood: {line!r}"
        found[name.strip()] = (quoted[1] or quoted[2] or "") if quoted else raw
    return only(found)


def by_us(data: bytes) -> object:
    variables, secrets = parse(data.decode())
    return secrets or only(dict(variables))


READERS = {"dotenv": by_dotenv, "systemd": by_systemd, "our own": by_us}


@pytest.mark.parametrize("reader", READERS)
def test_no_value_breaks_out(reader: str):
    assert wrong(write, READERS[reader], VALUES) == []


@pytest.mark.parametrize("reader", READERS)
@given(value=TEXT)
def test_no_text_at_all_breaks_out(reader: str, value: str):
    assert wrong(write, READERS[reader], [value]) == []


SHELLS = [shell for shell in ("bash", "dash", "busybox") if shutil.which(shell)]


@pytest.mark.parametrize("shell", SHELLS)
def test_no_value_breaks_out_of_a_shell(tmp_path, shell: str):
    """One process for all values: each file is sourced in a subshell and its variables are printed."""
    values = accepted(write, VALUES)
    for number, value in enumerate(values):
        (tmp_path / str(number)).write_bytes(write(value))
    show = "env -0 | tr '\\n\\0' '\\001\\n' | grep -aE '^(FIRST|X|LAST)=' | sort | tr '\\n' '\\002'; echo"
    each = f"unset FIRST X LAST; set -a; . ./$n >&2 || exit 9; {show}"
    script = f"for n in $(seq 0 {len(values) - 1}); do ({each}); done"
    words = [shell, "sh", "-c", script] if shell == "busybox" else [shell, "-c", script]
    env = {"PATH": os.environ["PATH"], "HOME": "/nowhere"}
    done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().split("\n")[:-1]
    assert [line.split("\x02")[:-1] for line in lines] == [
        ["FIRST=1", "LAST=2", f"X={value}"] for value in values
    ]


def test_a_shell_would_show_a_value_that_breaks_out(tmp_path):
    place = tmp_path / "x.env"
    place.write_text('FIRST=1\nX="$(echo pwned)"\nLAST=2\n')
    done = subprocess.run(
        ["sh", "-c", f'set -a; . ./x.env; {sys.executable} -c "{PRINT}"'],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout)["X"] == "pwned"
    assert wrong(lambda value: f'FIRST=1\nX="{value}"\nLAST=2\n'.encode(), by_dotenv, ['"', "a\\nb"]) != []


def test_ordinary_values_are_carried():
    values = [
        *ORDINARY,
        "",
        "a=b",
        "a # b",
        "%h",
        "~/x",
        "a:~",
        "!!",
        "*",
        " a ",
        "https://x.example.org/v1?a=b&c",
    ]
    assert accepted(write, values) == values


@pytest.mark.parametrize(
    "value", ["$x", "`id`", 'a"b', "a'b", "a\\", "a\nb", None, True, ["a"], {"a": "b"}, b"x"]
)
def test_what_readers_would_disagree_about_is_refused(value: object):
    with pytest.raises(Unsafe):
        write(value)


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A\n", "A=B", "é", "export A"])
def test_the_name_of_a_variable(name: str):
    with pytest.raises(Unsafe):
        Env(((name, "x"),)).render()
    with pytest.raises(Unsafe):
        Env((), ((name, "ssm:/x"),)).render()


def test_a_secret_is_a_comment_with_its_reference():
    made = Env((("A", 1),), (("TOKEN", "ssm:/site/api-key"),)).render().decode()
    assert made.splitlines()[1:] == ["A=1", "# secret TOKEN from ssm:/site/api-key"]
    assert parse(made) == ({"A": "1"}, {"TOKEN": "ssm:/site/api-key"})
    assert dotenv.dotenv_values(stream=io.StringIO(made)) == {"A": "1"}


@pytest.mark.parametrize("reference", ["a\nB=c", "a\rB=c", "a\\\nB=c", "a\u2028B=c"])
def test_a_reference_stays_in_its_comment(reference: str):
    with pytest.raises(Unsafe):
        Env((), (("TOKEN", reference),)).render()
