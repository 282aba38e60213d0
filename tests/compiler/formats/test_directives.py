"""What outputs ask of systemd and nginx: every directive is found, with the releases that read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import crossplane
import pytest

from compiler.formats import directives, nginx
from compiler.formats.nginx_text import DATA, Statement, configuration, statements
from compiler.formats.safe import Safe
from compiler.formats.unit import VALUE, section, unit, words
from tests.book.compiling import SPECS, bundle
from tests.compiler.formats.hostile import VALUES, accepted
from tests.compiler.formats.test_nginx import undo

READ, NEW, GONE = "read", "too new", "gone"


@pytest.mark.parametrize(
    ("span", "release", "standing"),
    [
        ("254", "253", NEW),
        ("254", "254", READ),
        ("254", "300", READ),
        ("247-258", "257", READ),
        ("247-258", "258", GONE),
        ("1.19.4", "1.18.0", NEW),
        ("1.19.4", "1.19.10", READ),  # as numbers, not as text
        ("1.9.5", "1.10.0", READ),
        ("1.9.5-1.25.1", "1.24.0", READ),
        ("1.9.5-1.25.1", "1.26.3", GONE),
        ("1.2.5 1.3.8", "1.2.4", NEW),
        ("1.2.5 1.3.8", "1.2.9", READ),  # an older branch got it too
        ("1.2.5 1.3.8", "1.3.7", NEW),
        ("1.2.5 1.3.8", "1.4.0", READ),
    ],
)
def test_a_release_reads_what_its_span_says(span, release, standing):
    assert directives.standing(span, release) == standing


def spans(*sections: Any) -> dict[str, str | None]:
    return dict(directives.of_unit(unit(*sections)))


def test_a_unit_lists_its_directives_by_section():
    found = spans(
        section("Unit", Description="x"), section("Service", RestartSteps=3, NoSuchThing=1, **{"X-Y": 1})
    )
    assert found == {
        "Description= in [Unit]": "247",
        "RestartSteps= in [Service]": "254",
        "NoSuchThing= in [Service]": None,
    }
    assert spans(section("Unit", RestartSteps=3)) == {"RestartSteps= in [Unit]": None}
    assert spans(section("Servce", Restart="no")) == {"Restart= in [Servce]": None}


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("Type", "notify-reload", {"Type=notify-reload": "253"}),
        ("Type", "oneshot", {}),
        ("SystemCallFilter", words(["@system-service", "~@sandbox"]), {"SystemCallFilter=@sandbox": "254"}),
        ("StandardOutput", "truncate:/var/log/x", {"StandardOutput=truncate:": "248"}),
        ("WorkingDirectory", Safe("%d/%n", VALUE), {"%d": "251"}),
        ("WorkingDirectory", "%d", {}),  # the format doubles it
        ("WorkingDirectory", Safe("%%%D", VALUE), {"%D": "256"}),
    ],
)
def test_values_and_specifiers_have_an_age_too(name, value, found):
    assert {
        key: span for key, span in spans(section("Service", **{name: value})).items() if "[" not in key
    } == found


def test_a_grouped_entry_of_the_manual_does_not_date_a_later_member():
    """systemd.exec(5) marks both of LoadCredential= with 247, and 249 knows but the first (its parser)."""
    found = spans(section("Service", LoadCredential="a", LoadCredentialEncrypted="b", StartupMemoryMax="1G"))
    assert list(found.values()) == ["247", "250", "254"]


CONF = """\
# a comment; with { marks }
log_format x escape=json '{"a":"$request_id"}' "b;\\"c";
map $host $kind { default "a;b"; include /x; return 308; }
upstream u { keepalive_timeout 4s; include /etc/nginx/x/servers; }
server {
    listen 443 ssl http2;
    if ($kind = 1) { return 403; }
    location ~ "^/a{2}" { if ($host) { add_header A ${msec}s always; } include /etc/nginx/x/proxy.conf; }
}
"""
FILES = {
    "/etc/nginx/conf.d/a.conf": CONF,
    "/etc/nginx/x/servers": "server 127.0.0.1:9 down;",
    "/etc/nginx/x/proxy.conf": "keepalive_timeout 4s; if ($x) { return 308 /; }",
    "/etc/nginx/x/nobody": "keepalive_timeout 4s;",
}


def test_nginx_text_is_read_with_its_blocks():
    found = list(statements(CONF, "http"))
    assert found[0] == Statement("log_format", ("x", "escape=json", '{"a":"$request_id"}', 'b;\\"c'), "http")
    assert Statement("return", ("308",), DATA) in found
    assert Statement("keepalive_timeout", ("4s",), "upstream") in found
    assert Statement("return", ("403",), "server.if") in found
    assert Statement("location", ("~", "^/a{2}"), "server") in found
    assert Statement("add_header", ("A", "${msec}s", "always"), "location.if") in found
    assert found[-1].block == "location"


def test_an_included_file_stands_in_the_block_that_includes_it():
    blocks = {(path, one.name): one.block for path, one in configuration(FILES)}
    assert blocks["/etc/nginx/x/servers", "server"] == "upstream"
    assert blocks["/etc/nginx/x/proxy.conf", "return"] == "location.if"
    assert blocks["/etc/nginx/x/nobody", "keepalive_timeout"] == "?"


def test_nginx_uses_are_dated_by_block_with_parameters_and_variables():
    found = {(path.rpartition("/")[2], use.what): use.span for path, use in directives.of_nginx(FILES)}
    assert found["a.conf", "keepalive_timeout in upstream"] == "1.15.3"
    assert found["proxy.conf", "keepalive_timeout in location"] == "0.1.0"
    assert found["nobody", "keepalive_timeout"] == "0.1.0"
    assert found["a.conf", "listen http2"] == "1.9.5-1.25.1"
    assert found["a.conf", "log_format escape="] == "1.11.8"
    assert found["a.conf", "$request_id"] == "1.11.0"
    assert found["a.conf", "$msec"] == "1.2.6 1.3.9"
    assert found["proxy.conf", "return 308"] == "1.13.0"
    assert ("a.conf", "return 308") not in found  # an entry of a map
    assert None not in found.values()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ssl_reject_handshakes on;", "ssl_reject_handshakes in http"),
        ("proxy_pass http://a;", "proxy_pass in http"),
        ("server { upstream x { } }", "upstream in server"),
    ],
)
def test_a_directive_that_no_release_reads_there_has_no_span(text, what):
    found = dict(use for _, use in directives.of_nginx({"/etc/nginx/conf.d/x.conf": text}))
    assert found[what] is None


def nginx_files(spec: Path) -> dict[str, str]:
    return {path: data.decode() for path, data in bundle(spec).items() if "/etc/nginx/" in path}


def flat(blocks: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """crossplane's statements in our order; it takes the brackets off an `if`."""
    for one in blocks:
        yield (one["directive"], *([] if one["directive"] == "if" else map(undo, one["args"])))
        yield from flat(one.get("block", []))


def read_by_crossplane(text: str, place: Path) -> list[tuple[str, ...]]:
    place.write_text(text)
    parsed = crossplane.parse(str(place), single=True, check_ctx=False, check_args=False, catch_errors=False)
    return list(flat(parsed["config"][0]["parsed"]))


def read_by_us(text: str) -> list[tuple[str, ...]]:
    read = statements(text)
    return [(one.name, *([] if one.name == "if" else map(undo, one.parameters))) for one in read]


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_crossplane_reads_the_same_statements(spec, tmp_path):
    files = nginx_files(spec)
    assert len(files) > 6
    for path, text in files.items():
        assert read_by_us(text) == read_by_crossplane(text, tmp_path / "x.conf"), path


def test_crossplane_reads_the_same_of_whatever_a_token_may_be(tmp_path):
    tokens = [nginx.token(one) for one in accepted(lambda value: nginx.token(value).encode(), VALUES)]
    text = "".join(f"a {one} b;\nc {{ d {one}; }}\n" for one in tokens)
    assert len(tokens) > 50
    assert read_by_us(text) == read_by_crossplane(text, tmp_path / "x.conf")


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_every_directive_of_the_outputs_is_known(spec):
    hosts: dict[str, dict[str, str]] = {}
    for path, text in nginx_files(spec).items():
        host, _, place = path.partition("/root")
        hosts.setdefault(host, {})[place] = text
    uses = [(host, use) for host, files in hosts.items() for _, use in directives.of_nginx(files)]
    assert [(host, use.what) for host, use in uses if use.span is None] == []
    assert len({use.what for _, use in uses}) > 50
