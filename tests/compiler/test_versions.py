"""No output uses what its host's systemd or nginx does not read, and a planted one is caught."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from compiler import plan, render, versions
from compiler.diagnostics import Diagnostic
from compiler.formats.safe import Safe
from compiler.formats.unit import VALUE, Section, Unit
from compiler.render import Rendered
from compiler.spec.runtime import Runtime
from targets import TARGETS
from tests.book.compiling import FIRST, SECOND, SPECS, document, put, runtime

OLD_INGRESS, NEW_INGRESS = "edge-west", "edge-east"


def rendered(spec: Path, *changes: tuple[tuple[str, ...], Any]) -> tuple[list[Rendered], Runtime]:
    """Every output of a spec with some values changed."""
    data = document(spec).data
    for path, value in changes:
        data = put(data, path, value)
    made = runtime(spec, data)
    planned, wrong = plan.plan(made, TARGETS)
    files, unsafe = render.render(planned, made)
    assert wrong == unsafe == []
    return files, made


def findings(spec: Path, *changes: tuple[tuple[str, ...], Any]) -> list[Diagnostic]:
    return versions.check(*rendered(spec, *changes))


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_committed_spec_asks_no_host_for_what_it_does_not_read(spec):
    assert findings(spec) == []


def test_an_old_nginx_is_told_what_it_cannot_read():
    found = findings(SECOND, (("hosts", OLD_INGRESS, "nginx"), "1.10.0"))
    (one,) = found
    assert one.message.count("`") == 2 * 3, "three are named"
    assert one.message.endswith(" and 2 more")
    assert {(one.code, one.path, one.severity) for one in found} == {
        ("DN120", ("hosts", OLD_INGRESS, "nginx"), "error")
    }


def test_the_message_says_which_output_and_which_versions():
    (found,) = findings(SECOND, (("hosts", OLD_INGRESS, "nginx"), "1.14.2"))
    assert found.message == (
        "/etc/nginx/conf.d/00-nordlys.conf uses `keepalive_timeout in upstream`, "
        "which nginx reads from 1.15.3 on, and edge-west has 1.14.2"
    )
    assert "does not start" in found.reason and "nginx -v" in found.help


@pytest.mark.parametrize(
    "nginx", ["1.15.3", "1.18.0", "1.19.3", "1.19.4", "1.22.1", "1.25.0", "1.25.1", "1.30.0"]
)
@pytest.mark.parametrize("host", [OLD_INGRESS, NEW_INGRESS])
def test_the_ingress_is_written_for_its_nginx(host, nginx):
    assert findings(SECOND, (("hosts", host, "nginx"), nginx)) == []


@pytest.mark.parametrize("systemd", [247, 249, 252, 257, 300])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_units_are_written_for_every_systemd_that_a_spec_may_name(spec, systemd):
    hosts = runtime(spec, document(spec).data).hosts
    assert findings(spec, *((("hosts", name, "systemd"), systemd) for name in hosts)) == []


def planted(spec: Path, section: str, *lines: tuple[str, str], more: str = "") -> list[Diagnostic]:
    """Findings with some lines more in each unit of the workers, and in each text of nginx."""
    files, made = rendered(spec)
    extra = Section(section, tuple((key, Safe(text, VALUE)) for key, text in lines))
    return versions.check([_with(one, extra, more) for one in files], made)


def _with(one: Rendered, extra: Section, more: str) -> Rendered:
    artifact = one.planned.artifact
    if isinstance(artifact.content, Unit) and made_for_a_worker(one):
        content = replace(artifact.content, sections=(*artifact.content.sections, extra))
        return replace(one, planned=replace(one.planned, artifact=replace(artifact, content=content)))
    return replace(one, data=one.data + more.encode()) if artifact.path.endswith("tls.conf") else one


def made_for_a_worker(one: Rendered) -> bool:
    return one.planned.path.startswith(("hosts/gpu-worker/", "hosts/node-"))


def told(found: list[Diagnostic]) -> list[tuple[str, str, str]]:
    return [(one.code, str(one.path[1]), one.message.split("`")[1]) for one in found]


def test_a_planted_directive_is_one_finding_for_each_host():
    found = planted(SECOND, "Service", ("RestartRandomizedDelaySec", "1"), ("RestartSteps", "3"))
    assert told(found) == [
        ("DN120", node, "RestartRandomizedDelaySec= in [Service]") for node in ("node-1", "node-2", "node-3")
    ]
    first = planted(FIRST, "Service", ("RestartSteps", "3"), ("Type", "notify-reload"), ("User", "%d"))
    assert told(first) == [("DN120", "gpu-worker", "RestartSteps= in [Service]")]
    assert "`Type=notify-reload` from" in first[0].message
    assert "`%d` from" in first[0].message
    assert first[0].path == ("hosts", "gpu-worker", "systemd")


def test_a_planted_name_that_nobody_reads_is_the_compilers_fault():
    found = planted(FIRST, "Unit", ("ConditionPathExist", "/x"), more="ssl_cipher x;\n")
    assert told(found) == [
        ("DN121", "ingress", "ssl_cipher in server"),
        ("DN121", "gpu-worker", "ConditionPathExist= in [Unit]"),
    ]


def test_a_planted_obsolete_directive_is_found_where_it_is_obsolete():
    assert told(planted(SECOND, "Service", ("MemoryLimit", "1G"), more="ssl on;\n")) == [
        ("DN122", NEW_INGRESS, "ssl in server")
    ]
