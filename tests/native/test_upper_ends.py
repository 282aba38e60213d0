"""The most and the least that the spec's types allow: nginx and systemd take each of them."""

from __future__ import annotations

import pytest

from tests.native import edge as edges
from tests.native.site import compiled
from tests.native.test_nginx_config import verdict
from tests.native.test_systemd_units import HOSTS, stage, verify

pytestmark = pytest.mark.native

MOST = (
    ("  read_timeout: 15m\n", "  read_timeout: 24d\n"),
    ("  send_timeout: 60s\n", "  send_timeout: 24d\n"),
    ("  client_body_timeout: 60s\n", "  client_body_timeout: 24d\n"),
    ("    connections: 16\n", "    connections: 65535\n"),
    ("    connections: 64\n", "    connections: 65535\n"),
    ("  retry_after: 15s\n", "  retry_after: 3650d\n"),
    ("    hsts: 180d\n", "    hsts: 3650d\n"),
    ("    session_timeout: 1d\n", "    session_timeout: 3650d\n"),
)
LEAST = (
    ("  send_timeout: 60s\n", "  send_timeout: 1ms\n"),
    ("  client_body_timeout: 60s\n", "  client_body_timeout: 1ms\n"),
    ("  retry_after: 15s\n", "  retry_after: 1s\n"),
    ("    hsts: 180d\n", "    hsts: 0s\n"),
    ("    session_timeout: 1d\n", "    session_timeout: 1s\n"),
)


@pytest.mark.parametrize("changes", [MOST, LEAST], ids=["most", "least"])
def test_nginx_takes_it(changes: tuple[tuple[str, str], ...], tmp_path):
    site = compiled(*changes)
    edges.stage(site, tmp_path)
    assert verdict(site, tmp_path) == (0, [])


WAIVER = "  waive: {DN141: what systemd takes}\n"  # a rule would not have such pauses
PAUSES = (
    ("  stop_timeout: 2m\n", f"  stop_timeout: 3650d\n{WAIVER}"),
    ("  restart_delay: 15s\n", "  restart_delay: 3650d\n"),
    ("  boot_delay: 30s\n", f"  boot_delay: 3650d\n{WAIVER}"),
    ("  boot_delay: 2m\n", f"  boot_delay: 3650d\n{WAIVER}"),
    ("  run_timeout: 3h\n", "  run_timeout: 3650d\n"),
)


@pytest.mark.parametrize("host", HOSTS)
def test_systemd_takes_it(host: str, tmp_path):
    stage(compiled(*PAUSES), host, tmp_path)
    assert verify(tmp_path, host) == (0, [])


def test_what_is_refused_would_be_refused_by_nginx_too(tmp_path):
    """Why a session is no part of a second; and that this check can fail."""
    site = compiled()
    edges.stage(site, tmp_path)
    places = [path for path in (tmp_path / "etc/nginx").rglob("*") if path.is_file()]
    (place,) = (path for path in places if "ssl_session_timeout" in path.read_text("utf-8", "replace"))
    place.write_text(place.read_text().replace("ssl_session_timeout 86400s", "ssl_session_timeout 500ms"))
    code, lines = verdict(site, tmp_path)
    assert code == 1 and "ssl_session_timeout" in lines[0]
