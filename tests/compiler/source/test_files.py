"""A spec as a file: what is not one, what is too large, and what is in another encoding."""

from __future__ import annotations

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from compiler.diagnostics import Span
from compiler.source import read
from compiler.source.limits import BYTE_LIMIT
from compiler.source.text import lines


def test_a_file_that_is_not_there(tmp_path: Path):
    document, (finding,) = read(tmp_path / "none.yaml", "none.yaml")
    assert document is None
    assert (finding.code, finding.file, finding.span) == ("DN001", "none.yaml", None)
    assert "No such file" in finding.message


def test_a_folder_is_no_spec(tmp_path: Path):
    assert [one.code for one in read(tmp_path)[1]] == ["DN001"]


def test_the_limit_of_bytes_is_exact(tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_bytes(b"a: 1\n" + b"#" * (BYTE_LIMIT - 5))
    assert read(place)[1] == []
    with place.open("ab") as file:
        file.write(b"#")
    document, (finding,) = read(place)
    assert document is None
    assert (finding.code, finding.span) == ("DN002", Span(1, 1))
    assert str(BYTE_LIMIT + 1) in finding.message


@pytest.mark.parametrize(
    ("raw", "line", "column"),
    [
        (b"\xff", 1, 1),
        (b"a: 1\nb: x\xe9\n", 2, 5),
        ("é: ü".encode() + b"\x80", 1, 5),
        (b"a: \xed\xa0\x80\n", 1, 4),
    ],
)
def test_bytes_that_are_not_utf8(tmp_path: Path, raw: bytes, line: int, column: int):
    place = tmp_path / "spec.yaml"
    place.write_bytes(raw)
    document, (finding,) = read(place)
    assert document is None
    assert (finding.code, finding.span) == ("DN003", Span(line, column))


def test_the_name_is_the_path_unless_another_is_given(tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_text("a: 1\n")
    for name, shown in ((None, str(place)), ("mine.yaml", "mine.yaml")):
        document, _ = read(place, name)
        assert document is not None and document.name == shown


ENGLISH = "a: 1\nb: 2\n"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-32-le", "utf-32-be", "utf-32"])
def test_wide_encodings_are_named(tmp_path: Path, encoding: str):
    place = tmp_path / "spec.yaml"
    place.write_bytes(ENGLISH.encode(encoding))
    document, (finding,) = read(place)
    assert document is None
    assert (finding.code, finding.span) == ("DN003", Span(1, 1))
    assert encoding[:6].upper() in finding.message and finding.help == "save the file as UTF-8"


def test_a_byte_of_an_older_encoding_is_shown_as_what_it_was(tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_bytes("a: für alle\n".encode("latin-1"))
    _, (finding,) = read(place)
    assert "0xfc" in finding.message and "`ü`" in finding.message
    place.write_bytes(b"a: \x81\n")  # nothing in cp1252
    assert read(place)[1][0].message.endswith("0x81 stands here")


@pytest.mark.parametrize(
    ("made", "words"), [("pipe", "a pipe"), ("socket", "a socket"), ("device", "a device")]
)
def test_what_is_not_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str, words: str
):
    monkeypatch.chdir(tmp_path)  # the path of a socket has a bound
    place = Path("spec.yaml")
    if made == "pipe":
        os.mkfifo(place)
    elif made == "device":
        place.symlink_to("/dev/zero")
    else:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(place))
    document, (finding,) = read(place)
    assert document is None
    assert finding.code == "DN001" and f"it is {words}, and a spec is a file" in finding.message
    assert lines(place) == ()


def test_a_link_to_a_file_is_a_file_and_a_link_to_itself_is_not(tmp_path: Path):
    (tmp_path / "there.yaml").write_text(ENGLISH)
    (tmp_path / "spec.yaml").symlink_to("there.yaml")
    assert read(tmp_path / "spec.yaml")[1] == []
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert [one.code for one in read(tmp_path / "loop.yaml")[1]] == ["DN001"]


def test_lines_can_be_shown_of_a_file_that_is_no_spec(tmp_path: Path):
    place = tmp_path / "spec.yaml"
    place.write_bytes(b"a: \xff\nb\n")
    assert lines(place) == ("a: \ufffd", "b", "")
    place.write_bytes(b"x\n" * BYTE_LIMIT)
    assert len(lines(place)) == BYTE_LIMIT // 2 + 1
    assert lines(tmp_path / "none.yaml") == lines(tmp_path) == ()


def test_a_file_that_grows_is_read_to_the_bound(tmp_path: Path):
    """As long as it is looked at, it is written to: reading must have an end of its own."""
    place, stop = tmp_path / "spec.yaml", threading.Event()

    def grow() -> None:
        with place.open("ab", buffering=0) as file:
            while not stop.is_set() and file.tell() < 200 * BYTE_LIMIT:
                file.write(b"k: 1\n" * 100_000)

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        while not place.exists() or place.stat().st_size <= BYTE_LIMIT:
            time.sleep(0.001)
        assert [one.code for one in read(place)[1]] == ["DN002"]
        assert len(lines(place)) == BYTE_LIMIT // 5 + 1
    finally:
        stop.set()
        writer.join()
