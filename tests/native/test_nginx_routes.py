"""The running ingress: both routes, every error in OpenAI's shape, the log, and names that are not ours."""

from __future__ import annotations

import json
import ssl

import pytest

from tests.native.edge import BEARER, NO_ANSWER
from tests.native.engine import TOKEN
from tests.native.site import compiled

pytestmark = pytest.mark.native

PROXY = compiled().runtime.proxy
HSTS = f"max-age={PROXY.tls.hsts.seconds}"
ROUTES = sorted(compiled().runtime.public.routes)


@pytest.fixture
def route(edge, request):
    return edge.site.runtime.public.routes[request.param]


def of_openai(reply, status, kind, code):
    """A refusal that a client shows as it shows the engine's own."""
    assert reply.status == status
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["strict-transport-security"] == HSTS
    error = reply.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["code"], error["param"]) == (kind, code, None)
    assert error["message"].endswith(".")


def last_logged(edge):
    """nginx escapes quotes and control characters and lets a client's other bytes through as they are."""
    log = edge.cell.path(edge.site.runtime.proxy.access_log)
    return json.loads(log.read_text(errors="replace").splitlines()[-1])


@pytest.mark.parametrize("route", ROUTES, indirect=True)
class TestRoute:
    def test_the_prefix_goes_and_the_query_stays(self, edge, route):
        reply = edge.ask(route.hostname, "GET", edge.target(route, "models") + "?a=b%2Fc&d")
        assert reply.status == 200 and reply.json()["engine"] == edge.addresses[0]
        assert reply.headers["strict-transport-security"] == HSTS
        hit = edge.engines[0].hits[-1]
        assert (hit.method, hit.target) == ("GET", "/v1/models?a=b%2Fc&d")
        assert hit.headers["authorization"] == BEARER["Authorization"]
        assert (hit.headers["host"], hit.headers["x-forwarded-proto"]) == (route.hostname, "https")
        assert "connection" not in hit.headers and "accept-encoding" not in hit.headers

    def test_a_completion(self, edge, route):
        reply = edge.ask(route.hostname, "POST", edge.target(route, "chat_completions"), b'{"x": 1}')
        assert reply.status == 200 and reply.json()["choices"][0]["message"]["content"] == "ready"
        assert (edge.engines[0].hits[-1].target, edge.engines[0].hits[-1].size) == ("/v1/chat/completions", 8)

    @pytest.mark.parametrize(
        "credentials", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer "}]
    )
    def test_no_bearer(self, edge, route, credentials):
        before = edge.hits()
        reply = edge.ask(route.hostname, "GET", edge.target(route, "models"), headers=credentials)
        of_openai(reply, 401, "invalid_request_error", "missing_api_key")
        assert edge.hits() == before

    @pytest.mark.parametrize(
        ("method", "endpoint"), [("POST", "models"), ("OPTIONS", "models"), ("HEAD", "models")]
    )
    def test_another_method(self, edge, route, method, endpoint):
        before = edge.hits()
        reply = edge.ask(route.hostname, method, edge.target(route, endpoint))
        assert (reply.status, edge.hits(), reply.headers["allow"]) == (405, before, "GET")
        if method != "HEAD":
            of_openai(reply, 405, "invalid_request_error", "method_not_allowed")

    def test_get_of_completions(self, edge, route):
        reply = edge.ask(route.hostname, "GET", edge.target(route, "chat_completions"))
        of_openai(reply, 405, "invalid_request_error", "method_not_allowed")
        assert reply.headers["allow"] == "POST"

    @pytest.mark.parametrize("path", ["/v1/other", "/index.html", "/v1/x.html", "/x.png"])
    def test_no_such_path(self, edge, route, path):
        reply = edge.ask(route.hostname, "GET", route.prefix + path)
        of_openai(reply, 404, "invalid_request_error", "not_found")

    def test_outside_every_route(self, edge, route):
        reply = edge.ask(route.hostname, "GET", "/elsewhere.html")
        of_openai(reply, 404, "invalid_request_error", "not_found")

    def test_too_large_a_body(self, edge, route):
        limit = edge.site.runtime.proxy.body_limit.bytes
        headers = {**BEARER, "Content-Length": str(limit + 1)}
        reply = edge.ask(route.hostname, "POST", edge.target(route, "chat_completions"), headers=headers)
        of_openai(reply, 413, "invalid_request_error", "request_too_large")

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 503])
    def test_what_the_engine_says_passes_unchanged(self, edge, route, status):
        said = {"object": "error", "message": "the engine's own", "code": status}
        body = json.dumps({"answer": [status, said]}).encode()
        reply = edge.ask(route.hostname, "POST", edge.target(route, "chat_completions"), body)
        assert (reply.status, reply.json()) == (status, said)
        assert "retry-after" not in reply.headers

    def test_a_wrong_token_is_the_engines_to_judge(self, edge, route):
        headers = {"Authorization": "Bearer wrong"}
        reply = edge.ask(
            route.hostname, "POST", edge.target(route, "chat_completions"), b"{}", headers=headers
        )
        assert (reply.status, reply.json()) == (401, {"error": "the engine's own refusal"})

    @pytest.mark.parametrize("target", ["/%zz", "/v1/%", "/\x01", "/v1/models%00", "v1/models", "/v1/%2"])
    def test_a_malformed_target_is_a_bad_request(self, edge, route, target):
        before = edge.hits()
        assert edge.ask(route.hostname, "GET", target).status == 400
        assert edge.hits() == before

    def test_plain_http_is_sent_on(self, edge, route):
        reply = edge.ask(route.hostname, "POST", "/v1/x?y=z", b"{}", tls=False)
        assert (reply.status, reply.headers["location"]) == (308, f"https://{route.hostname}/v1/x?y=z")

    def test_a_certificate_authority_finds_its_challenge(self, edge, route):
        folder = edge.cell.path(edge.site.runtime.proxy.tls.acme_webroot) / ".well-known/acme-challenge"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "token").write_text("proof")
        reply = edge.ask(route.hostname, "GET", "/.well-known/acme-challenge/token", tls=False)
        assert (reply.status, reply.body) == (200, b"proof")

    def test_http_2_is_offered(self, edge, route):
        context = ssl.create_default_context(cafile=str(edge.cell.path("/authority.pem")))
        context.set_alpn_protocols(["h2", "http/1.1"])
        plain = edge.cell.connect("127.0.0.1", 443)
        with plain, context.wrap_socket(plain, server_hostname=route.hostname) as connection:
            assert (connection.selected_alpn_protocol(), connection.version()) == ("h2", "TLSv1.3")


@pytest.mark.parametrize("name", ["example.org", None])
def test_an_unknown_name_gets_no_handshake(edge, name):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with edge.cell.connect("127.0.0.1", 443) as plain, pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        context.wrap_socket(plain, server_hostname=name)


@pytest.mark.parametrize("tls", [True, False])
def test_an_unknown_host_gets_no_answer(edge, tls):
    before = edge.hits()
    with pytest.raises(NO_ANSWER):
        edge.ask(edge.url[0], "GET", "/v1/models", host="example.org", tls=tls)
    assert edge.hits() == before


def test_too_many_requests_at_once(edge):
    replies = [edge.complete(source="127.0.0.5") for _ in range(80)]
    refused = [reply for reply in replies if reply.status != 200]
    assert replies[0].status == 200 and len(refused) > 10
    of_openai(refused[0], 429, "rate_limit_error", "rate_limit_exceeded")
    assert refused[0].headers["retry-after"] == str(PROXY.retry_after.seconds)


def test_the_access_log_is_json_with_times_and_without_secrets(edge):
    hostname, target = edge.url
    odd = {**BEARER, "User-Agent": 'a "quoted" \\ \xff agent'}
    assert edge.ask(hostname, "POST", target, b"{}", headers=odd).status == 200
    edge.until(lambda: last_logged(edge)["agent"].startswith("a "))
    line = last_logged(edge)
    assert (line["host"], line["method"], line["uri"], line["status"]) == (hostname, "POST", target, "200")
    assert line["upstream"] == f"{edge.addresses[0]}:{edge.port}" and line["complete"] == "OK"
    for name in ("seconds", "upstream_connect_seconds", "upstream_first_byte_seconds", "upstream_seconds"):
        assert 0 <= float(line[name]) < 5
    assert line["request_id"] == edge.engines[0].hits[-1].headers["x-request-id"]
    logs = "".join(path.read_text("latin-1") for path in edge.cell.path("/var/log/nginx").iterdir())
    assert TOKEN not in logs and "Bearer" not in logs and "Authorization" not in logs
