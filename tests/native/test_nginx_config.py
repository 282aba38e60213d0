"""The compiled ingress below Debian's nginx.conf, with its real paths: does nginx take it?"""

from __future__ import annotations

import json
import ssl

import pytest

from tests.native import cell as cells
from tests.native import edge as edges
from tests.native.needs import needs
from tests.native.site import compiled

pytestmark = pytest.mark.native

SNIPPET = (
    "      server: own\n      assumed:\n        access: the truth book",
    "      server: existing\n      assumed:\n        access: the truth book",
)
OTHER = """
server {{
    listen 443 ssl http2;
    server_name {hostname};
    ssl_certificate {folder}/{hostname}/fullchain.pem;
    ssl_certificate_key {folder}/{hostname}/privkey.pem;
    include /etc/nginx/{name}/{key}.locations;
    error_page 404 /own-404.html;
    error_page 502 /own-502.html;
    proxy_intercept_errors on;
    location / {{
        return 200 "the other application";
    }}
    location /missing/ {{
        return 404;
    }}
    location /dead/ {{
        proxy_pass http://127.0.0.1:9;
    }}
    location = /own-404.html {{
        return 200 "its own page for what is missing";
    }}
    location = /own-502.html {{
        return 200 "its own page for a dead upstream";
    }}
}}
"""


def verdict(site, root):
    with cells.running(root) as cell:
        edges.certify(cell, site)
        done = cell.run(needs("nginx"), "-t")
    return done.code, [
        line for line in done.err.splitlines() if "successful" not in line and "is ok" not in line
    ]


def test_it_takes_it_with_the_seed_and_the_taken_over_site(site, tmp_path):
    edges.stage(site, tmp_path)
    assert verdict(site, tmp_path) == (0, [])


def test_it_takes_it_where_no_default_site_was(site, tmp_path):
    edges.stage(site, tmp_path)
    (tmp_path / "etc/nginx/sites-enabled/default").unlink()
    assert verdict(site, tmp_path) == (0, [])


def test_with_the_default_site_of_the_distribution_it_does_not(site, tmp_path):
    """Why the spec takes that file over; and that this check can fail."""
    edges.stage(site, tmp_path, keep_default=True)
    code, lines = verdict(site, tmp_path)
    assert code == 1 and "duplicate default server for 0.0.0.0:80" in lines[0]


def test_an_empty_route_file_would_keep_it_from_starting(site, tmp_path):
    """Why the installer brings a seed."""
    edges.stage(site, tmp_path)
    next(tmp_path.glob("etc/nginx/*/upstream-*.servers")).write_text("")
    code, lines = verdict(site, tmp_path)
    assert code == 1 and "no servers are inside upstream" in lines[0]


def test_a_snippet_lives_in_the_server_of_another_application(tmp_path):
    site = compiled(SNIPPET)
    key, route = next((key, route) for key, route in site.runtime.routes() if route.server == "existing")
    folder = site.runtime.proxy.tls.certificates
    server = OTHER.format(hostname=route.hostname, folder=folder, name=site.runtime.name, key=key)
    edges.stage(site, tmp_path)
    (tmp_path / "etc/nginx/conf.d/other.conf").write_text(server)
    with edges.started(site, tmp_path) as edge:
        assert edge.publish(edge.addresses[0])["ok"]
        edge.until(lambda: edge.served_by(edge.addresses[0]))
        assert edge.ask(route.hostname, "GET", "/").body == b"the other application"
        its_own = {"/missing/x": b"what is missing", "/dead/x": b"a dead upstream"}
        for target, page in its_own.items():
            assert edge.ask(route.hostname, "GET", target).body == b"its own page for " + page
        models = edge.target(route, "models")
        assert edge.ask(route.hostname, "GET", models).json()["engine"] == edge.addresses[0]
        for target in ("metrics", "x.html", ""):
            reply = edge.ask(route.hostname, "GET", f"{route.prefix}/{target}")
            assert (reply.status, reply.json()["error"]["code"]) == (404, "not_found")
        assert (
            edge.ask(route.hostname, "GET", models, headers={}).json()["error"]["code"] == "missing_api_key"
        )
        said = json.dumps({"answer": [502, {"said": "the engine's own"}]}).encode()
        assert edge.ask(route.hostname, "POST", edge.target(route, "chat_completions"), said).json() == {
            "said": "the engine's own"
        }
        edge.publish(edge.nobody)
        edge.until(lambda: edge.ask(route.hostname, "GET", models).status == 503, seconds=10)
        assert edge.ask(route.hostname, "GET", models).json()["error"]["code"] == "no_worker"


def test_both_families_are_served_where_the_spec_says_so(tmp_path):
    site = compiled(("  listen_ipv6: false\n", "  listen_ipv6: true\n"))
    edges.stage(site, tmp_path)
    with edges.started(site, tmp_path) as edge:
        lines = edge.cell.run("/usr/bin/cat", "/proc/net/tcp6").out.splitlines()[1:]
    listening = {int(line.split()[1].rpartition(":")[2], 16) for line in lines if line.split()[3] == "0A"}
    assert {80, 443} <= listening


def test_a_bare_ingress_starts_and_changes_over_to_the_real_certificate(site, tmp_path):
    """Without it port 80 would be shut, and the authority could not look for its challenge."""
    edges.stage(site, tmp_path)
    real = tmp_path / site.runtime.proxy.tls.certificates.lstrip("/")
    real.rename(real.with_name("later"))
    with edges.started(site, tmp_path) as edge:
        hostname = edge.url[0]
        assert edge.ask(hostname, "GET", "/x", tls=False).status == 308
        with pytest.raises(ssl.SSLCertVerificationError):
            edge.open(hostname)
        assert not real.exists(), "the certificate client makes this folder itself"
        real.with_name("later").rename(real)
        (hook,) = (path for path in site.tree(site.role("ingress")) if "/renewal-hooks/deploy/" in path)
        config = edge.cell.path(f"{site.runtime.layout.etc}/first-certificate.json")
        reload = {"reload_command": ["/usr/sbin/nginx", "-s", "reload"]}  # no systemd runs in a cell
        config.write_text(json.dumps({**json.loads(config.read_text()), **reload}))
        assert edge.cell.run(hook).code == 0
        edge.until(lambda: trusted(edge, hostname))


def trusted(edge, hostname):
    try:
        edge.open(hostname).close()
    except ssl.SSLCertVerificationError:
        return False
    return True
