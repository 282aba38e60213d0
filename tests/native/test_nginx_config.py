"""The compiled ingress below Debian's nginx.conf, with its real paths: does nginx take it?"""

from __future__ import annotations

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
    location / {{
        return 200 "the other application";
    }}
}}
"""


def verdict(root):
    with cells.running(root) as cell:
        done = cell.run(needs("nginx"), "-t")
    return done.code, [
        line for line in done.err.splitlines() if "successful" not in line and "is ok" not in line
    ]


def test_it_takes_it_with_the_seed_and_the_taken_over_site(site, tmp_path):
    edges.stage(site, tmp_path)
    assert verdict(tmp_path) == (0, [])


def test_it_takes_it_where_no_default_site_was(site, tmp_path):
    edges.stage(site, tmp_path)
    (tmp_path / "etc/nginx/sites-enabled/default").unlink()
    assert verdict(tmp_path) == (0, [])


def test_with_the_default_site_of_the_distribution_it_does_not(site, tmp_path):
    """Why the spec takes that file over; and that this check can fail."""
    edges.stage(site, tmp_path, keep_default=True)
    code, lines = verdict(tmp_path)
    assert code == 1 and "duplicate default server for 0.0.0.0:80" in lines[0]


def test_an_empty_route_file_would_keep_it_from_starting(site, tmp_path):
    """Why the installer brings a seed."""
    edges.stage(site, tmp_path)
    next(tmp_path.glob("etc/nginx/*/upstream-*.servers")).write_text("")
    code, lines = verdict(tmp_path)
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
        assert (
            edge.ask(route.hostname, "GET", edge.target(route, "models")).json()["engine"]
            == edge.addresses[0]
        )
        assert (
            edge.ask(route.hostname, "GET", f"{route.prefix}/metrics").json()["error"]["code"] == "not_found"
        )
