"""nginx reads every ingress by its own version, and complains at the line of the spec."""

from __future__ import annotations

import pytest

from compiler.verify.consumers.nginx import _SAID
from compiler.verify.tools import Tools
from tests.verify.planting import verified

pytestmark = pytest.mark.native

NGINX = "hosts/ingress/root/etc/nginx"
HTTP = f"{NGINX}/conf.d/00-desineuron.conf"
SITE = f"{NGINX}/conf.d/desineuron-llm.desineuron.in.conf"
LOCATIONS = f"{NGINX}/desineuron/llm.locations"
PROXY = f"{NGINX}/desineuron/proxy.conf"
EAST, WEST = "hosts/edge-east/root/etc/nginx", "hosts/edge-west/root/etc/nginx"
LONG = "velocity.with-a-rather-long-name-of-a-host.and-another-long-part.desineuron.in"
# Of these the compiler, or a spec that names a host, is at fault: no one leaf of the spec made the line.
OURS = "fault of the compiler"


@pytest.fixture(autouse=True)
def _there(wants):
    wants("openssl", "unshare", "roots")


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_it_takes_every_ingress(spec: str):
    assert verified(only=["nginx"], spec=spec, require_tools=True) == []


IN_THE_SPEC = [
    # a change of the spec, part of the message, and the place in the spec
    (
        ("  error_log: /var/log/nginx/llm-error.log", "  error_log: /var/log/nginx"),
        'open() "/var/log/nginx" failed (21: Is a directory)',
        "proxy.error_log",
    ),
    (
        ("      hostname: velocity.desineuron.in", f"      hostname: {LONG}"),
        "could not build server_names_hash",
        "public.routes.velocity.hostname",
    ),
    (
        ("    takes_over:\n      - /etc/nginx/sites-enabled/default\n", ""),
        "a duplicate default server for 0.0.0.0:80 in /etc/nginx/sites-enabled/default",
        "hosts.ingress.takes_over",
    ),
]


@pytest.mark.parametrize(("change", "message", "place"), IN_THE_SPEC, ids=[one[2] for one in IN_THE_SPEC])
def test_what_the_rules_let_through_is_found_at_its_line(change, message, place):
    (found,) = verified(only=["nginx"], changes=[change])
    assert (found.code, ".".join(map(str, found.path))) == ("DN401", place)
    assert message in found.message


def test_the_line_is_that_of_the_value():
    change = ("  error_log: /var/log/nginx/llm-error.log", "  error_log: /var/log/nginx")
    (found,) = verified(only=["nginx"], changes=[change])
    assert found.span is not None and (found.span.column, found.span.width) == (14, len("/var/log/nginx"))
    assert "etc/nginx/conf.d/desineuron-" in found.reason


IN_AN_OUTPUT = [
    # spec, file, its fault, part of the message, and the place in the spec or whose fault it is
    (
        "book",
        PROXY,
        ("proxy_cache off;", "proxy_caches off;"),
        'unknown directive "proxy_caches"',
        OURS,
    ),
    (
        "book",
        PROXY,
        ("proxy_cache off;", "proxy_cache;"),
        'invalid number of arguments in "proxy_cache"',
        OURS,
    ),
    (
        "book",
        SITE,
        ("/llm.locations;", "/llm.location;"),
        'open() "/etc/nginx/desineuron/llm.location" failed',
        "",
    ),
    ("book", SITE, ("/fullchain.pem;", "/fullchains.pem;"), "cannot load certificate", ""),
    (
        "book",
        LOCATIONS,
        ("location = /v1/chat/completions {", "location = /v1/models {"),
        'duplicate location "/v1/models"',
        "",
    ),
    (
        "book",
        HTTP,
        ("upstream desineuron-coding", "upstream desineuron-codings"),
        "host not found in upstream",
        "",
    ),
    (
        "book",
        HTTP,
        ("    return 444;\n}", "    return 444;\n"),
        'unexpected end of file, expecting "}"',
        OURS,
    ),
    ("book", SITE, ("desineuron_json;", "desineuron_jsons;"), 'unknown log format "desineuron_jsons"', ""),
    # Only the host's own version says these.
    (
        "nordlys",
        f"{EAST}/conf.d/nordlys-chat.fjordlab.example.conf",
        ("    listen 443 ssl;", "    listen 443 ssl http2;"),
        'the "listen ... http2" directive is deprecated',
        OURS,
    ),
    (
        "nordlys",
        f"{WEST}/conf.d/nordlys-chat.fjordlab.example.conf",
        ("    listen 443 ssl http2;", "    listen 443 ssl; http2 on;"),
        'unknown directive "http2"',
        OURS,
    ),
    # A snippet that only another application's server includes is read, too.
    (
        "nordlys",
        f"{EAST}/nordlys/studio.locations",
        ("    deny all;", "    deny everybody;"),
        'invalid parameter "everybody"',
        "",
    ),
]


@pytest.mark.parametrize(("spec", "file", "change", "message", "whose"), IN_AN_OUTPUT)
def test_a_fault_of_an_output_is_found(spec, file, change, message, whose):
    (found,) = verified(only=["nginx"], spec=spec, outputs={file: change})
    assert found.code == "DN401" and message in found.message
    assert not whose or whose in found.help
    assert bool(found.path) == (whose != OURS)


@pytest.mark.parametrize(
    ("said", "message", "path", "line"),
    [
        (
            'nginx: [emerg] unknown directive "x" in /etc/nginx/a.conf:3',
            'unknown directive "x"',
            "/etc/nginx/a.conf",
            "3",
        ),
        (
            "nginx: [warn] low address bits are meaningless in /a:12",
            "low address bits are meaningless",
            "/a",
            "12",
        ),
        ("2026/11/25 03:44:25 [emerg] 12#12: mkdir() failed", "mkdir() failed", None, None),
        ("2026/11/25 03:44:25 [alert] 12#0: *7 x in /b.conf:1", "x", "/b.conf", "1"),
        (
            "nginx: [alert] could not open error log file: open() failed (2: No such)",
            "could not open error log file: open() failed (2: No such)",
            None,
            None,
        ),
    ],
)
def test_each_form_of_a_complaint_is_read(said, message, path, line):
    (found,) = _SAID.finditer(said)
    assert (found["message"], found["path"], found["line"]) == (message, path, line)


@pytest.mark.parametrize(
    "said",
    ["nginx: the configuration file /x syntax is ok", "2026/11/25 03:44:25 [notice] 12#12: started", ""],
)
def test_what_is_no_complaint_is_none(said):
    assert _SAID.search(said) is None


def test_another_version_is_not_asked_in_its_place(wants):
    """Without roots there is only this machine's nginx; that of a host is another."""
    wants("nginx")
    found = verified(
        only=["nginx"], spec="nordlys", tools=Tools(absent=frozenset({"roots"})), require_tools=True
    )
    told = [one.message for one in found if one.code == "DN490"]
    assert len(told) == 2
    assert any("the host has nginx 1.18.0, here is " in one and "`make roots`" in one for one in told)


def test_without_nginx_it_says_so():
    absent = Tools(absent=frozenset({"roots", "nginx"}))
    (found,) = verified(only=["nginx"], tools=absent, require_tools=True)
    assert (found.code, "here is none" in found.message) == ("DN490", True)


def test_another_distribution_is_read_by_a_root_with_its_version():
    """Ubuntu 22.04 has nginx 1.18, as Debian 11."""
    change = (
        '    os: debian-12\n    systemd: 252\n    python: "3.11"\n    nginx: 1.22.1',
        '    os: ubuntu-22.04\n    systemd: 249\n    python: "3.10"\n    nginx: 1.18.0',
    )
    assert verified(only=["nginx"], changes=[change], require_tools=True) == []
