"""Whatever is asked, only the public endpoints reach the engine.

The engine's administrative routes (from its own route decorators) are open to whoever reaches them, so the
proxy's exact allow-list is what keeps them shut.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from tests.native import edge as edges

pytestmark = pytest.mark.native

METHODS = ("GET", "POST", "OPTIONS")
HERE = Path(__file__).parent
ADMINISTRATIVE = (HERE / "administrative-paths.txt").read_text("ascii").splitlines()
SHAPES = (HERE / "hostile-paths.txt").read_text("ascii").splitlines()
OTHER_SPELLINGS = (
    "/v1//models",
    "//v1/models",
    "/v1/./models",
    "/v1/x/../models",
    "/v1/model%73",
    "/%76%31/models",
)


def targets(prefix):
    """Absolute and below the prefix, and the engine's address in the request line."""
    for path in ADMINISTRATIVE + SHAPES:
        yield f"{prefix}/{path}"
        if prefix:
            yield f"/{path}"
    for path in ADMINISTRATIVE[:10]:
        yield f"http://localhost/{path}"


def refusal(edge, hostname, method, target):
    """The status; None where the connection is closed without an answer."""
    with contextlib.suppress(*edges.NO_ANSWER):
        return edge.ask(hostname, method, target).status
    return None


def leaks(edge):
    """Every probe that reached a worker, and every answer that is no refusal."""
    for _, route in edge.site.runtime.routes():
        for target in sorted(set(targets(route.prefix))):
            for method in METHODS:
                before = edge.hits()
                status = refusal(edge, route.hostname, method, target)
                if edge.hits() != before or status not in (None, 400, 404, 405):
                    yield f"{method} {route.hostname} {target} → {status}"


def test_no_probe_gets_through(edge):
    routes = dict(edge.site.runtime.routes()).values()
    assert min(len(set(targets(route.prefix))) for route in routes) > 100
    assert list(leaks(edge)) == []


def test_another_spelling_reaches_the_public_endpoint_and_nothing_else(edge):
    """nginx matches the decoded, merged path, and sends its own spelling on."""
    for _, route in edge.site.runtime.routes():
        for spelling in OTHER_SPELLINGS:
            edge.ask(route.hostname, "GET", f"{route.prefix}{spelling}")
    reached = {(hit.method, hit.target) for engine in edge.engines for hit in engine.hits}
    assert reached == {("POST", "/v1/chat/completions"), ("GET", "/v1/models")}


def test_no_request_can_be_smuggled(edge):
    """Two lengths, or a length beside chunks, are refused, never passed on."""
    hostname, target = edge.url
    hidden = b"0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"
    before = {hit.target for engine in edge.engines for hit in engine.hits}
    for extra in (
        {"Transfer-Encoding": "chunked"},
        {"Transfer-Encoding": "identity, chunked"},
        {"Content-Length ": "3"},
        {"Transfer-Encoding": "xchunked"},
    ):
        reply = edge.ask(hostname, "POST", target, hidden, headers={**edges.BEARER, **extra})
        assert reply.status in (400, 501), extra
    assert {hit.target for engine in edge.engines for hit in engine.hits} == before


def test_a_wide_location_would_be_caught(site, tmp_path):
    """The same probes against an ingress that lets everything below /v1/ through."""
    edges.stage(site, tmp_path)
    route = dict(site.runtime.routes())[min(site.runtime.public.routes)]
    snippet = next(tmp_path.glob(f"etc/nginx/*/{min(site.runtime.public.routes)}.locations"))
    serving = f"{site.runtime.name}-{route.serving}"
    wide = f"location {route.prefix}/v1/ {{ proxy_pass http://{serving}/v1/; }}\n"
    snippet.write_text(snippet.read_text() + wide)
    with edges.started(site, tmp_path) as edge:
        assert edge.publish(edge.addresses[0])["ok"]
        edge.until(lambda: edge.served_by(edge.addresses[0]))
        found = list(leaks(edge))
    assert any("v1/completions" in one for one in found) and len(found) > 20
