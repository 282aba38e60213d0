"""OpenSSH's lists: an entry is one line, its options are the ones that were meant, and ssh-keygen agrees."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from compiler.formats.safe import Unsafe
from compiler.formats.ssh import AuthorizedKey, AuthorizedKeys, KnownHosts
from tests.compiler.formats.hostile import TEXT, VALUES, accepted, wrong
from tests.native.needs import needs

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFnkp7pyoWBeF5R0z2F9VuB1LxPlq0ujP5bRzTAF2E3d"
OPTION = re.compile(r'([a-z-]+)(?:="((?:[^"\\]|\\.)*)")?(?:,|(?= ))')


def entry(key: str = KEY, command: str = "/bin/x", sources: tuple[str, ...] = ("10.20.1.5",)) -> bytes:
    return AuthorizedKeys((AuthorizedKey(key, command, sources),), "none", "").render()


def options(data: bytes) -> tuple[dict[str, str | None], str]:
    """Options and key of the only entry, as sshd(8) describes the format."""
    (line,) = [line for line in data.decode().split("\n") if line and not line.startswith("#")]
    found: dict[str, str | None] = {}
    while line[:1] != " ":
        option = OPTION.match(line)
        assert option is not None and option[1] not in found, line
        found[option[1]] = option[2].replace('\\"', '"') if option[2] is not None else None
        line = line[option.end() :]
    return found, line[1:]


def guarded(pick):
    def read(data: bytes) -> object:
        try:
            found, key = options(data)
            assert found.keys() == {"restrict", "from", "command"} and found["restrict"] is None
            return pick(found, key)
        except (AssertionError, ValueError) as error:
            return error

    return read


CONTEXTS = {
    "command": (lambda value: entry(command=value), guarded(lambda found, key: found["command"])),
    "source": (
        lambda value: entry(sources=("10.0.0.1", value, "10.0.0.2")),
        guarded(
            lambda found, key: found["from"].split(",")[1] if len(found["from"].split(",")) == 3 else found
        ),
    ),
    "key": (lambda value: entry(key=value), guarded(lambda found, key: key)),
}


@pytest.mark.parametrize("context", CONTEXTS)
def test_no_value_leaves_its_place(context: str):
    assert wrong(*CONTEXTS[context], VALUES) == []


@pytest.mark.parametrize("context", CONTEXTS)
@given(value=TEXT)
def test_no_text_at_all_leaves_its_place(context: str, value: str):
    assert wrong(*CONTEXTS[context], [value]) == []


@pytest.mark.parametrize(
    ("context", "values"),
    [
        ("command", ["/bin/x --a=b c", "a,b", "$x", "a;b"]),
        ("source", ["10.20.0.0/16"]),
        ("key", [KEY, f"{KEY} me@example.org"]),
    ],
)
def test_ordinary_values_are_carried(context: str, values: list[str]):
    assert accepted(CONTEXTS[context][0], values) == values


@pytest.mark.parametrize(
    "made",
    [
        {"command": 'x" ssh-ed25519 A'},
        {"command": 'x",pty,command="y'},
        {"command": "x\\"},
        {"command": "x\ny"},
        {"sources": ('10.0.0.1",pty',)},
        {"sources": ("10.0.0.1,*",)},
        {"sources": ("10.0.0.1 x",)},
        {"key": f"{KEY}\n{KEY}"},
        {"key": f"{KEY} # x"},
    ],
)
def test_what_would_open_a_door_is_refused(made):
    with pytest.raises(Unsafe):
        entry(**made)


def test_without_entries_the_file_says_what_must_happen():
    assert AuthorizedKeys((), "No key yet.", "").render().decode().splitlines()[1:] == ["# No key yet."]
    with pytest.raises(Unsafe):
        AuthorizedKeys((), f"x\n{KEY}", "").render()


@pytest.mark.native
def test_ssh_keygen_reads_the_same(tmp_path: Path):
    keygen, place = needs("ssh-keygen"), tmp_path / "keys"
    plain = fingerprint(keygen, place, f"{KEY}\n".encode())
    commands = accepted(lambda value: entry(command=value), VALUES)
    entries = tuple(AuthorizedKey(KEY, command, ("10.20.1.5", "10.30.0.0/16")) for command in commands)
    assert fingerprint(keygen, place, AuthorizedKeys(entries, "none", "").render()) == plain * len(commands)


@pytest.mark.native
def test_ssh_keygen_sees_an_entry_that_breaks_out(tmp_path: Path):
    keygen, place = needs("ssh-keygen"), tmp_path / "keys"
    plain = fingerprint(keygen, place, f"{KEY}\n".encode())
    broken = entry().replace(b"/bin/x", b'/bin/x" x')
    assert fingerprint(keygen, place, broken) != plain


def fingerprint(keygen: str, place: Path, data: bytes) -> list[str]:
    place.write_bytes(data)
    done = subprocess.run([keygen, "-l", "-f", str(place)], capture_output=True, text=True, check=False)
    return [line.split()[1] for line in done.stdout.splitlines()]


# ── Known hosts


def known(value: str, port: int = 22) -> bytes:
    return KnownHosts((("10.0.0.1", 22, KEY), (value, port, KEY), ("10.0.0.2", 2222, KEY))).render()


def read_known(data: bytes) -> object:
    lines = [line for line in data.decode().split("\n") if line and not line.startswith("#")]
    if len(lines) != 3 or lines[0] != f"10.0.0.1 {KEY}" or lines[2] != f"[10.0.0.2]:2222 {KEY}":
        return lines
    name, _, key = lines[1].partition(" ")
    pattern = re.search(r"[,*?!|#@]", name)
    return name if key == KEY and name and pattern is None else lines


def test_no_address_leaves_its_place():
    assert wrong(known, read_known, VALUES) == []


@given(value=TEXT)
def test_no_address_at_all_leaves_its_place(value: str):
    assert wrong(known, read_known, [value]) == []


def test_ordinary_addresses_are_carried():
    values = ["edge.example.org", "10.20.1.5", "fd00::1"]
    assert accepted(known, values) == values


@pytest.mark.native
@pytest.mark.parametrize(("port", "name"), [(22, "edge.example.org"), (2222, "[edge.example.org]:2222")])
def test_ssh_keygen_finds_the_host(tmp_path: Path, port: int, name: str):
    keygen, place = needs("ssh-keygen"), tmp_path / "hosts"
    place.write_bytes(known("edge.example.org", port))
    found = subprocess.run(
        [keygen, "-F", name, "-f", str(place)], capture_output=True, text=True, check=True
    ).stdout
    assert found.splitlines()[1:] == [f"{name} {KEY}"]
    assert (
        subprocess.run(
            [keygen, "-F", "other.example.org", "-f", str(place)], capture_output=True, check=False
        ).stdout
        == b""
    )
