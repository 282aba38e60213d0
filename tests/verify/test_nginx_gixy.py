"""gixy-ng finds what nginx takes and nobody wants; what is meant to be so is waived by name, and why."""

from __future__ import annotations

import pytest

from compiler.verify.consumers import gixy
from compiler.verify.tools import Tools
from tests.verify.planting import verified

pytestmark = pytest.mark.native

NGINX = "hosts/ingress/root/etc/nginx"
HTTP = f"{NGINX}/conf.d/00-desineuron.conf"
SITE = f"{NGINX}/conf.d/desineuron-llm.desineuron.in.conf"
LOCATIONS = f"{NGINX}/desineuron/llm.locations"
PROXY = f"{NGINX}/desineuron/proxy.conf"
TLS = f"{NGINX}/desineuron/tls.conf"


@pytest.fixture(autouse=True)
def _there(wants):
    wants("gixy")


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_it_finds_nothing(spec: str):
    assert verified(only=["gixy"], spec=spec, require_tools=True) == []


@pytest.mark.parametrize("waiver", gixy.WAIVED, ids=lambda one: one.name)
def test_each_waiver_is_needed_and_says_why(waiver, monkeypatch):
    def names() -> list[str]:
        found = [one for spec in ("book", "nordlys") for one in verified(only=["gixy"], spec=spec)]
        return [one.message for one in found if f"[{waiver.name}]" in one.message]

    assert names() == [] and len(waiver.why) > 30
    monkeypatch.setattr(gixy, "WAIVED", tuple(one for one in gixy.WAIVED if one is not waiver))
    assert names() != []


CONSTANT = ""  # the line is the template's alone: a fault of the compiler
PLANTED = [
    # gixy's name for it, file, its fault, the line of the output, and the place in the spec
    ("host_spoofing", PROXY, ("Host $host;", "Host $http_host;"), 7, CONSTANT),
    ("http_splitting", SITE, ("https://$host$request_uri", "https://$host$uri"), 12, CONSTANT),
    ("weak_ssl_tls", TLS, ("TLSv1.2 TLSv1.3", "TLSv1 TLSv1.2"), 5, CONSTANT),
    (
        "alias_traversal",
        SITE,
        ("acme-challenge/ {\n        root", "acme-challenge {\n        alias"),
        8,
        "proxy.tls.acme_webroot",
    ),
    ("ssrf", LOCATIONS, ("http://desineuron-coding/v1/models", "http://$arg_to/v1/models"), 22, "name"),
    (
        "error_log_off",
        SITE,
        ("error_log /var/log/nginx/llm-error.log warn", "error_log off"),
        25,
        "proxy.error_log",
    ),
    (
        "add_header_redefinition",
        SITE,
        ("    error_page 401", "    add_header X-Frame-Options DENY; error_page 401"),
        28,
        "name",
    ),
    (
        "version_disclosure",
        HTTP,
        ("    server_name _;", "    server_name _; server_tokens on;"),
        36,
        "public.routes.llm.server",
    ),
]


@pytest.mark.parametrize(
    ("name", "file", "change", "line", "place"), PLANTED, ids=[one[0] for one in PLANTED]
)
def test_a_planted_fault_is_found(name, file, change, line, place):
    found = [one for one in verified(only=["gixy"], outputs={file: change}) if f"[{name}]" in one.message]
    assert [(one.code, ".".join(map(str, one.path))) for one in found] == [("DN402", place)]
    assert found[0].reason.endswith(f"{file}:{line}")
    assert ("fault of the compiler" in found[0].help) == (place == CONSTANT)


def test_a_gixy_that_fails_is_no_clean_answer(tmp_path, monkeypatch):
    """Such as one whose libraries are of another version."""
    broken = tmp_path / "gixy"
    broken.write_text("#!/bin/sh\necho ImportError >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(Tools, "program", lambda _, name: broken)
    (found,) = verified(only=["gixy"], require_tools=True)
    assert (found.code, "gixy failed: ImportError" in found.message) == ("DN490", True)
