"""parliament reads every IAM policy, and the security group opens what outputs use and no more."""

from __future__ import annotations

import pytest

from tests.verify.conftest import Wants
from tests.verify.faults import Fault, assert_told
from tests.verify.planting import verified

AWS = "hosts/gpu-worker/root/etc/desineuron/aws"
POLICY, GROUP = f"{AWS}/iam-policy.json", f"{AWS}/security-group.json"
STORE = "arn:aws:s3:::desineuron-model-store"
PORT = "port: 30100"

POLICIES = [
    Fault(POLICY, "ssm:GetParameter", "ssm:GetParam", "Unknown action ssm:GetParam", ""),
    Fault(POLICY, "s3:GetObject", "s3:Get-Object", "s3:Get-Object", ""),
    Fault(POLICY, f'{STORE}"', f'{STORE}/x"', "No resources match for the given action", ""),
    Fault(POLICY, "ListModels", "FetchModels", "Duplicate Statement Id 'FetchModels'", ""),
    Fault(POLICY, "s3:prefix", "s3:prefiks", "Unknown condition s3:prefiks", ""),
    Fault(POLICY, '"Allow"', '"Alow"', "Effect must be either Allow or Deny", ""),
    Fault(POLICY, "arn:aws:ssm:", "arn:aws:", "", "region: ap-south-1"),
]
DOORS = [
    Fault(GROUP, '"FromPort": 30100', '"FromPort": 30099', "port 30099 is open to desineuron-ingress", PORT),
    Fault(GROUP, '"ToPort": 30100', '"ToPort": 30200', "port 30101 is open to desineuron-ingress", PORT),
    Fault(
        GROUP, "desineuron-ingress", "desineuron-egress", "desineuron-ingress connects to port 30100", PORT
    ),
    Fault(GROUP, "172.31.0.0/16", "0.0.0.0/0", "port 22 is open to 0.0.0.0/0, and nothing", ""),
    Fault(GROUP, '"FromPort": 22', '"FromPort": 0', "port 0 is open to 172.31.0.0/16, and nothing", ""),
]


@pytest.mark.parametrize("spec", ["book", "small"])
def test_every_policy_is_taken(wants: Wants, spec: str):
    wants("parliament")
    assert verified(only=["iam"], spec=spec) == []


@pytest.mark.parametrize("fault", POLICIES, ids=lambda one: one.name)
def test_a_right_that_is_none_is_told(wants: Wants, fault: Fault):
    wants("parliament")
    assert_told(fault, "iam", "DN442")


@pytest.mark.parametrize("spec", ["book", "small"])
def test_every_group_opens_what_is_used(spec: str):
    assert verified(only=["security-group"], spec=spec) == []


@pytest.mark.parametrize("fault", DOORS, ids=lambda one: one.name)
def test_a_door_too_many_or_too_few_is_told(fault: Fault):
    assert_told(fault, "security-group", "DN445")
