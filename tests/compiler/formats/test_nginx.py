"""nginx: a token is one parameter, whatever is in it, to crossplane and to nginx itself."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import crossplane
import pytest
from hypothesis import HealthCheck, given, settings

from compiler.formats import nginx
from compiler.formats.safe import Unsafe
from compiler.formats.template import Template
from compiler.spec.units import Duration, Size
from tests.compiler.formats.hostile import ORDINARY, TEXT, VALUES, accepted, wrong
from tests.native.needs import needs

TEMPLATE = """\
first before;
directive {{ x | token }} after;
block {{ x | token }} {
    inner {{ x | token }};
}
last after;
"""
CONF = """\
daemon off;
pid nginx.pid;
worker_processes 1;
error_log stderr;
events {}
http {
    access_log off;
    default_type text/plain;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server {
        listen unix:nginx.sock;
{% for x in values %}
        location = /{{ loop.index0 | number }} { return 200 {{ x | token }}; }
{% endfor %}
    }
}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("nginx")
    (place / "x.conf.j2").write_text(TEMPLATE)
    (place / "nginx.conf.j2").write_text(CONF.replace("| number", "| token"))
    return place


def writer(folder: Path):
    return lambda value: Template(folder / "x.conf.j2", "nginx", {"x": value}).render()


def reader(folder: Path):
    """The value as crossplane reads it from all three places, if all else is as it was written."""

    def read(data: bytes) -> object:
        (folder / "read.conf").write_bytes(data)
        parsed = crossplane.parse(str(folder / "read.conf"), single=True, check_ctx=False, check_args=False)
        found = [
            (one["directive"], one["args"], [(sub["directive"], sub["args"]) for sub in one.get("block", [])])
            for one in (parsed["config"] or [{}])[0].get("parsed", [])
        ]
        if len(found) != 4 or found[0] != ("first", ["before"], []) or found[3] != ("last", ["after"], []):
            return parsed
        values = {*found[1][1][:-1], *found[2][1], *found[2][2][0][1]}
        return undo(values.pop()) if len(values) == 1 and found[1][1][-1] == "after" else found

    return read


def undo(word: str) -> str:
    """crossplane leaves backslashes in a word; nginx drops the one before a quote or another backslash."""
    return re.sub(r"\\([\"'\\])", r"\1", word)


def test_no_value_leaves_its_parameter(folder: Path):
    assert wrong(writer(folder), reader(folder), VALUES) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=TEXT)
def test_no_text_at_all_leaves_its_parameter(folder: Path, value: str):
    assert wrong(writer(folder), reader(folder), [value]) == []


def test_the_reader_sees_what_breaks_out(folder: Path):
    naive = lambda value: TEMPLATE.replace("{{ x | token }}", value).encode()  # noqa: E731
    broken = {
        value for value, *_ in wrong(naive, reader(folder), ["a b", "a;", "a; b c", "{", "}", "#", '"'])
    }
    assert broken == {"a b", "a;", "a; b c", "{", "}", "#", '"'}


def test_ordinary_values_are_carried(folder: Path):
    values = [*ORDINARY, "", "a\\", '"', "'", "%h", "a b;", "~x", "#"]
    assert accepted(writer(folder), values) == values


# ── nginx itself


@contextmanager
def running(folder: Path) -> Iterator[Path]:
    binary = needs("nginx")
    process = subprocess.Popen(
        [binary, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"], stderr=subprocess.PIPE
    )
    try:
        for _ in range(200):
            if (folder / "nginx.sock").exists() or process.poll() is not None:
                break
            time.sleep(0.05)
        assert process.poll() is None, process.stderr and process.stderr.read()
        yield folder / "nginx.sock"
    finally:
        process.terminate()
        process.communicate(timeout=20)


class Unix(http.client.HTTPConnection):
    """HTTP over a socket in a folder."""

    def __init__(self, place: Path):
        super().__init__("localhost", timeout=20)
        self.place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.place))


@pytest.mark.native
def test_nginx_reads_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch):
    values = accepted(writer(folder), VALUES)
    made = Template(folder / "nginx.conf.j2", "nginx", {"values": values})
    (folder / "nginx.conf").write_bytes(made.render())
    monkeypatch.chdir(folder)
    with running(folder) as place:
        connection, found = Unix(place), []
        for number in range(len(values)):
            connection.request("GET", f"/{number}")
            found.append(connection.getresponse().read().decode())
        connection.close()
    assert found == values


# ── Other filters


@pytest.mark.parametrize("value", ["$x", "a$", "a\nb", "\r", "\0", None, True, ["a"], {"a": 1}, b"x"])
def test_what_nginx_has_no_way_to_write(value: object):
    with pytest.raises(Unsafe):
        nginx.token(value)


@pytest.mark.parametrize("value", [one for one in VALUES if not re.fullmatch(r"[a-z0-9_.-]+", one)])
def test_a_variable_is_a_name_and_nothing_else(value: str):
    with pytest.raises(Unsafe):
        nginx.variable(value)


def test_a_variable():
    assert nginx.variable("a-b.c_1") == "a_b_c_1"


@pytest.mark.parametrize(
    ("given_", "time_", "seconds"),
    [
        ("30s", "30s", "30"),
        ("1500ms", "1500ms", "2"),
        ("2m", "120s", "120"),
        ("1d", "86400s", "86400"),
        ("1ms", "1ms", "1"),
    ],
)
def test_times(given_: str, time_: str, seconds: str):
    duration = Duration.parse(given_)
    assert (nginx.time(duration), nginx.seconds(duration)) == (time_, seconds)


@pytest.mark.parametrize(
    ("given_", "size"), [("32MiB", "32m"), ("4KiB", "4k"), ("1B", "1"), ("1MB", "1000000"), ("1GiB", "1024m")]
)
def test_sizes(given_: str, size: str):
    assert nginx.size(Size.parse(given_)) == size


@pytest.mark.parametrize("write", [nginx.time, nginx.seconds, nginx.size])
@pytest.mark.parametrize("value", ["30s", 30, None, "1; x"])
def test_a_bare_number_has_no_unit(write, value: object):
    with pytest.raises(Unsafe):
        write(value)
