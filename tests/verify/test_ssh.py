"""ssh-keygen and sshd's rules read every entry that lets somebody in or names a host."""

from __future__ import annotations

import pytest

from tests.verify.conftest import Wants
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

pytestmark = pytest.mark.native

KEYS = "hosts/edge-east/root/var/lib/nordlys/route-user/.ssh/authorized_keys"
HOSTS = "hosts/helm-1/root/etc/nordlys/known_hosts"
HELM = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHelmsmanofthefjordlabnordlysnetworkkey22222"
EAST = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOeastedgeofthefjordlabnordlysnetworkkey1111"
AT = f"public_key: {HELM}"

FAULTS = [
    # what the schema takes for a key, and nobody else
    Fault("", HELM, f"{HELM}22", "ssh-keygen takes this for no public key", f"{AT}22", "nordlys"),
    Fault("", HELM, HELM[:-4], "ssh-keygen takes this for no public key", AT[:-4], "nordlys"),
    Fault("", EAST, f"{EAST}11", "for no public key", f"host_key: {EAST}11", "nordlys"),
    Fault(KEYS, "restrict,", "restricted,", "sshd knows no option `restricted`", AT, "nordlys"),
    Fault(KEYS, "restrict,", "", "without `restrict` the key opens more", AT, "nordlys"),
    Fault(KEYS, "10.60.0.0/24", "10.60.0.1/24", "has host bits set", AT, "nordlys"),
    Fault(KEYS, 'from="', 'form="', "sshd knows no option `form` with a value", AT, "nordlys"),
    Fault(KEYS, 'command="', "command='", "sshd knows no option `command` without", AT, "nordlys"),
    Fault(KEYS, '" ssh-ed', '", ssh-ed', "sshd reads no option at ` ssh-ed25519", AT, "nordlys"),
    Fault(
        KEYS,
        "restrict,",
        'restrict,from="::1",',
        "sshd refuses an entry that says `from` twice",
        AT,
        "nordlys",
    ),
]


@pytest.fixture(autouse=True)
def tools(wants: Wants):
    wants("ssh-keygen")


@pytest.mark.parametrize("spec", ["book", "nordlys", "small"])
def test_every_entry_is_read(spec: str):
    assert verified(only=["ssh"], spec=spec) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda one: one.name)
def test_an_entry_that_is_not_read_is_told(fault: Fault):
    assert_told(fault, "ssh", "DN443")


def test_a_host_whose_key_is_of_another_kind_is_told():
    fault = Fault(HOSTS, "ssh-ed25519", "ssh-rsa", "for no public key", "address: 10.60.1.11", "nordlys")
    assert_told(fault, "ssh", "DN443")
