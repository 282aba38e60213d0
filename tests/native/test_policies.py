"""The compiled AWS policies: IAM's grammar, and no right beyond what the programs ask for.

IAM's own rules are its JSON policy elements reference; what programs need is read from their configurations.
"""

from __future__ import annotations

import re

import pytest

from tests.native.site import compiled

HOSTS = sorted(name for name, host in compiled().runtime.hosts.items() if host.role != "ingress")
CALLS = {"ec2:DescribeInstances", "ssm:GetParameter", "s3:ListBucket", "s3:GetObject"}
ARN = re.compile(r"arn:aws:(s3:::[a-z0-9.-]+(/\S+)?|ssm:[a-z0-9-]+:(\*|\d{12}):parameter/[A-Za-z0-9/._-]+)")


@pytest.fixture
def policy(site, request):
    return site.json(request.param, "aws/iam-policy")


@pytest.mark.parametrize("policy", HOSTS, indirect=True)
def test_the_grammar(policy):
    assert set(policy) == {"Version", "Statement"} and policy["Version"] == "2012-10-17"
    names = [statement["Sid"] for statement in policy["Statement"]]
    assert len(names) == len(set(names)) and all(re.fullmatch("[A-Za-z0-9]+", name) for name in names)
    for statement in policy["Statement"]:
        assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}
        assert statement["Effect"] == "Allow" and statement["Action"] and statement["Resource"]


@pytest.mark.parametrize("policy", HOSTS, indirect=True)
def test_only_what_is_called_and_only_on_what_it_is_called_for(policy):
    for statement in policy["Statement"]:
        assert set(statement["Action"]) <= CALLS
        if statement["Action"] == ["ec2:DescribeInstances"]:
            assert statement["Resource"] == ["*"] and "aws:RequestedRegion" in str(statement["Condition"])
        else:
            assert all(ARN.fullmatch(resource) for resource in statement["Resource"])


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_may_read_the_secrets_that_its_installers_fetch_and_no_others(site, host):
    wanted = {
        reference.removeprefix("ssm:")
        for path in site.tree(host)
        if (name := path.rpartition("/")[2]).startswith("install-")
        for secret in site.json(host, name.removesuffix(".json"))["secrets"]
        for reference in secret["values"].values()
    }
    statements = site.json(host, "aws/iam-policy")["Statement"]
    allowed = {
        resource.partition(":parameter")[2]
        for statement in statements
        if "ssm:GetParameter" in statement["Action"]
        for resource in statement["Resource"]
    }
    assert allowed == wanted


def test_a_worker_may_fetch_every_model_of_its_and_nothing_above(site):
    host = site.role("gpu")
    folder = f"{site.runtime.layout.models}/"
    sources = [
        site.json(host, f"models/{path.removeprefix(folder).removesuffix('.json')}")["source"]["location"]
        for path in site.tree(host)
        if path.startswith(folder) and not path.endswith(".manifest.json")
    ]
    (fetch,) = (one for one in site.json(host, "aws/iam-policy")["Statement"] if one["Sid"] == "FetchModels")
    (resource,) = fetch["Resource"]
    allowed = re.compile(re.escape(resource.removeprefix("arn:aws:s3:::")).replace(r"\*", ".+"))
    assert sources and all(allowed.fullmatch(f"{one.removeprefix('s3://')}/config.json") for one in sources)
    assert not allowed.fullmatch(
        site.runtime.rehydration.source.removeprefix("s3://").partition("/")[0] + "/x"
    )


def test_the_security_group_opens_the_api_to_those_who_ask_it(site):
    group = site.json(site.role("gpu"), "aws/security-group")
    (port,) = {serving.port for serving in site.runtime.serving.values()}
    hosts = [rule for rule in group["SecurityGroupIngress"] if "SourceSecurityGroupName" in rule]
    people = [rule for rule in group["SecurityGroupIngress"] if rule not in hosts]
    assert {(rule["FromPort"], rule["ToPort"]) for rule in hosts} == {(port, port)}
    assert [(rule["FromPort"], rule["ToPort"]) for rule in people] == [(22, 22)]
    assert {rule["CidrIp"] for rule in people} == set(site.runtime.aws.operators)
    peers = {rule["SourceSecurityGroupName"] for rule in hosts}
    asking = [name for name, host in site.runtime.hosts.items() if host.role in ("ingress", "control-plane")]
    assert peers == {f"{site.runtime.name}-{name}" for name in asking}
    assert all("CidrIp" not in rule for rule in hosts)
