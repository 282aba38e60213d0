"""Every program takes the configuration that it is started with, by its own loader."""

from __future__ import annotations

import pytest

from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

GPU = "hosts/gpu-worker/root"
ETC = f"{GPU}/etc/desineuron"
UNIT = f"{GPU}/etc/systemd/system/desineuron-sglang.service"
INSTALL = f"{GPU}/usr/local/sbin/install_gpu_sglang_runtime.sh"
INGRESS = "hosts/ingress/root/etc/desineuron"

FAULTS = [
    Fault(f"{ETC}/launch.json", '"port": 30100', '"prot": 30100', "prot: is unknown; did you", "port: 30100"),
    Fault(f"{ETC}/launch.json", "30100", '"30100"', "port: ", "port: 30100"),
    Fault(f"{ETC}/launch.json", '"port": 30100,', "", "port", ""),
    Fault(f"{ETC}/models/coder.json", '"source"', '"sauce"', "sauce: is unknown", ""),
    Fault(f"{INGRESS}/apply-route.json", '"request_limit_bytes"', '"limit"', "limit: is unknown", ""),
    Fault(UNIT, "launch.py --config", "launch.py --confg", "arguments are required", "name: desineuron"),
    Fault(UNIT, "launch.json", "launch.json --fast", "unrecognized arguments: --fast", "name: desineuron"),
    Fault(INSTALL, "--config", "--check-all --config", "unrecognized arguments", "name: desineuron"),
]


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_program_takes_its_configuration(spec: str):
    assert verified(only=["loaders"], spec=spec) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_a_configuration_that_does_not_fit_is_told(fault: Fault):
    assert_told(fault, "loaders", "DN424")


def test_a_program_is_stopped_before_it_does_anything():
    """Its loader ends the run: an installer that went on would say that it must run as root, or install."""
    found = verified(only=["loaders"], outputs={INSTALL: ("--config", "--start --config")})
    assert found == []
