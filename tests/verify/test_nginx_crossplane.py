"""crossplane reads every file of nginx with its includes: where a directive may stand, and what it takes."""

from __future__ import annotations

import pytest

from tests.verify.planting import verified

NGINX = "hosts/ingress/root/etc/nginx"
HTTP = f"{NGINX}/conf.d/00-desineuron.conf"
SITE = f"{NGINX}/conf.d/desineuron-llm.desineuron.in.conf"
LOCATIONS = f"{NGINX}/desineuron/llm.locations"
PROXY = f"{NGINX}/desineuron/proxy.conf"
OURS = "fault of the compiler"


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_it_takes_every_ingress(spec: str):
    assert verified(only=["crossplane"], spec=spec, require_tools=True) == []


PLANTED = [
    # file, its fault, part of the message, the output's line, and whose fault it is
    (PROXY, ("proxy_cache off;", "proxy_caches off;"), 'unknown directive "proxy_caches"', ":20", OURS),
    (
        PROXY,
        ("proxy_cache off;", "proxy_cache;"),
        'invalid number of arguments in "proxy_cache"',
        ":20",
        OURS,
    ),
    (
        PROXY,
        ("proxy_buffering off;", "proxy_buffering no;"),
        'invalid value "no" in "proxy_buffering"',
        ":19",
        OURS,
    ),
    (PROXY, ("proxy_cache off;", "listen 80;"), '"listen" directive is not allowed here', ":20", OURS),
    (
        HTTP,
        ("    ssl_reject_handshake on;", "    ssl_reject_handshake yes;"),
        'invalid value "yes"',
        "",
        "",
    ),
    (
        SITE,
        ("/llm.locations;", "/llm.location;"),
        "No such file or directory: '/etc/nginx/desineuron/llm.location'",
        ":36",
        "",
    ),
    (LOCATIONS, ("    internal;", "    internal"), 'directive "internal" is not terminated by ";"', "", ""),
    (
        SITE,
        ("        return 404;\n    }\n}", "        return 404;\n    }\n"),
        'unexpected end of file, expecting "}"',
        "",
        "",
    ),
]


@pytest.mark.parametrize(("file", "change", "message", "line", "whose"), PLANTED)
def test_a_planted_fault_is_found(file, change, message, line, whose):
    found = [one for one in verified(only=["crossplane"], outputs={file: change}) if message in one.message]
    assert found and {one.code for one in found} == {"DN403"}
    assert any(f"{file}{line}" in one.reason for one in found)
    assert not whose or all(whose in one.help and one.path == () for one in found)


def test_a_value_of_the_spec_is_shown_at_its_line():
    change = {PROXY: ("client_max_body_size 32m;", "client_max_body_size 32m 1m;")}
    (found,) = verified(only=["crossplane"], outputs=change)
    assert found.path == ("proxy", "body_limit") and "invalid number of arguments" in found.message


def test_what_is_taken_over_where_nothing_reads_it_is_found():
    taken = "/etc/nginx/modules-enabled/50-mod-x.conf"
    change = ("      - /etc/nginx/sites-enabled/default", f"      - {taken}")
    (found,) = verified(only=["crossplane"], changes=[change])
    assert (found.code, found.message) == ("DN403", f"crossplane: no file of nginx includes {taken}")
    assert found.path == ("hosts", "ingress", "takes_over")
