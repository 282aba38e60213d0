"""sysusers.d and tmpfiles.d: a word is one column, to a reader of our own and to systemd's own programs."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given

from compiler.formats.columns import Columns, directory, user
from compiler.formats.safe import Unsafe
from tests.compiler.formats import systemd_reader as systemd
from tests.compiler.formats.hostile import ORDINARY, TEXT, VALUES, accepted, wrong
from tests.native.needs import needs


def write(value: str) -> bytes:
    return Columns((("before", "x"), ("first", value, "last"), ("after", "x"))).render()


def as_first(value: str) -> bytes:
    return Columns((("before", "x"), (value, "last"), ("after", "x"))).render()


def rows(data: bytes) -> list[list[str]]:
    lines = [line for line in data.decode().split("\n") if line.strip() and not line.startswith("#")]
    return [systemd.words(systemd.specifiers(line)) for line in lines]


def read(data: bytes) -> object:
    try:
        (before, found, after) = rows(data)
        assert (before, after, found[0], found[-1]) == (["before", "x"], ["after", "x"], "first", "last")
    except ValueError as error:
        return error
    return found[1] if len(found) == 3 else found


def read_first(data: bytes) -> object:
    found = rows(data)
    return found[1][0] if [len(row) for row in found] == [2, 2, 2] else found


@pytest.mark.parametrize(("writer", "reader"), [(write, read), (as_first, read_first)])
def test_no_value_leaves_its_column(writer, reader):
    assert wrong(writer, reader, VALUES) == []


@given(value=TEXT)
def test_no_text_at_all_leaves_its_column(value: str):
    assert wrong(write, read, [value]) == []


def test_the_reader_sees_what_breaks_out():
    naive = lambda value: b"before x\nfirst " + value.encode() + b" last\nafter x\n"  # noqa: E731
    assert {value for value, *_ in wrong(naive, read, ["a b", "", "%n", '"', "ok", "a\nb"])} == {
        "a b",
        "",
        "%n",
        '"',
        "a\nb",
    }


def test_ordinary_values_are_carried():
    values = [*ORDINARY, "", "%h", "$x", "a#b", "~"]
    assert accepted(write, values) == values


@pytest.mark.parametrize("value", ["a\nb", '"', "'", "\\", "a\tb", "\0"])
def test_what_has_no_way_to_be_written_is_refused(value: str):
    with pytest.raises(Unsafe):
        write(value)


def test_the_two_rows():
    rows_ = (
        user("svc", "About it", "/var/lib/svc", "/bin/sh"),
        directory("/var/lib/svc", 0o750, "svc", "root"),
    )
    assert Columns(rows_).render().decode().splitlines()[1:] == [
        'u svc - "About it" /var/lib/svc /bin/sh',
        "d /var/lib/svc 0750 svc root -",
    ]


@pytest.mark.native
def test_systemd_sysusers_reads_the_same(tmp_path: Path):
    values = [
        value for value in accepted(write, VALUES) if not set(value) & set(":,=") and value not in ("", "-")
    ]
    values = [value for value in values if value == value.strip() and "\ufeff" not in value]
    made = Columns(tuple(user(f"svc{n}", value, "/var/lib/x", "/bin/sh") for n, value in enumerate(values)))
    (tmp_path / "etc").mkdir()
    place = tmp_path / "users.conf"
    place.write_bytes(made.render())
    subprocess.run(
        [needs("systemd-sysusers"), f"--root={tmp_path}", str(place)], check=True, capture_output=True
    )
    found = {
        line.split(":")[0]: line.split(":")[4:] for line in (tmp_path / "etc/passwd").read_text().splitlines()
    }
    assert [found[f"svc{n}"][0] for n in range(len(values))] == values
    assert {tuple(rest[1:]) for rest in found.values()} == {("/var/lib/x", "/bin/sh")}


@pytest.mark.native
def test_systemd_tmpfiles_reads_the_same(tmp_path: Path):
    values = [value for value in accepted(write, VALUES) if "/" not in value and value not in ("", ".")]
    made = Columns(tuple(directory(f"/{n}/{value}", 0o711, "root", "root") for n, value in enumerate(values)))
    place = tmp_path / "dirs.conf"
    place.write_bytes(made.render())
    done = subprocess.run(
        [needs("systemd-tmpfiles"), "--create", f"--root={tmp_path}", str(place)],
        check=False,
        capture_output=True,
    )
    assert done.stderr == b""
    for number, value in enumerate(values):
        (made_,) = (tmp_path / str(number)).iterdir()
        assert (made_.name, stat.S_IMODE(made_.stat().st_mode)) == (value, 0o711)
