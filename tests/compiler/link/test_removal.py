"""Every output is needed: without any one of them something dangles, unless it is a root."""

from __future__ import annotations

import pytest

from compiler.artifact import Host
from tests.compiler.link.material import SPECS, found, graphs, is_root, outputs

# What nobody but a daemon, an operator or a person uses, by the ends of their paths.
ROOTS = (
    "/aws/security-group.json",
    ".sh",
    "/sites-enabled/default",
    "/conf.d/example_ssl.conf",
    "/logrotate.d/nordlys",
    "/renewal-hooks/deploy/desineuron",
    "/renewal-hooks/deploy/acme",
    "/steer-now",
    "/run-route-sync",
)


@pytest.mark.parametrize("spec", SPECS)
def test_nothing_is_wrong_with_the_specs(spec: str):
    runtime, rendered = outputs(spec)
    assert found(rendered, runtime) == []


@pytest.mark.parametrize("spec", SPECS)
def test_each_output_is_missed(spec: str):
    runtime, rendered = outputs(spec)
    whole = graphs(rendered, runtime)
    for one in rendered:
        place, path = one.planned.place, one.planned.artifact.path
        if isinstance(place, Host):
            rest = [other for other in rendered if other is not one]
            errors = [trouble for trouble in found(rest, runtime) if trouble.severity == "error"]
            assert errors or (is_root(whole[place], path) and path.endswith(ROOTS)), path


def test_an_output_too_much_is_seen():
    runtime, rendered = outputs("small")
    extra = next(one for one in rendered if one.planned.artifact.path.endswith("/watchdog_report.py"))
    rest = [one for one in rendered if not one.planned.artifact.path.endswith("/watchdog.py")]
    assert extra in rest
    assert any(
        one.code == "DN242" and one.path.endswith("/watchdog_report.py") for one in found(rest, runtime)
    )
