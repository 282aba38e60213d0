"""What the native tests share: the compiled real spec, and a running ingress for the tests of one file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.native import edge as edges
from tests.native import site as sites


@pytest.fixture(scope="session")
def site() -> sites.Site:
    """The real spec as it is."""
    return sites.compiled()


@pytest.fixture(scope="module")
def edge(site: sites.Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[edges.Edge]:
    """The ingress, with the first worker published."""
    with edges.running(site, tmp_path_factory.mktemp("edge")) as running:
        told = running.publish(running.addresses[0])
        assert told["ok"], told
        running.until(lambda: running.served_by(running.addresses[0]))
        yield running
