"""Finds the addresses at which a route's workers may be.

It exists because the private address of a GPU instance changes whenever it is stopped and started; its tags
do not. Only the private address is ever used, and only inside the network that the configuration names.
boto3 comes from the program's own environment: the system's Python need not have it, and only EC2 discovery
asks for it.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List

from route_settings import Discovery, Exit, Fault

AWS_SECONDS = 10  # for one connection and for one answer of the API
PAGE = 100


@dataclass(frozen=True)
class Candidate:
    """A host that may serve the route. `name` is for people: the instance's id, or the address."""

    address: str
    name: str
    primary: bool = False


def discover(discovery: Discovery, region: str) -> List[Candidate]:
    """The candidates, in the order of their addresses.

    Args:
        discovery: where to look.
        region: the AWS region; static discovery does not look at it.

    Raises:
        Fault: the API does not answer, or refuses.
    """
    if discovery.kind == "static":
        found = {address: Candidate(address, address) for address in discovery.addresses}
    else:
        usable = (
            _candidate(instance, discovery)
            for instance in _instances(discovery, region)
            if _fits(instance, discovery)
        )
        found = {candidate.address: candidate for candidate in usable}
    return [found[address] for address in sorted(found, key=ipaddress.IPv4Address)]


def _fits(instance: Dict[str, Any], discovery: Discovery) -> bool:
    """Is it what was asked for? The API reads * and ? in a filter as wildcards, so its word is not enough."""
    address = instance.get("PrivateIpAddress")
    return (
        isinstance(address, str)
        and ipaddress.IPv4Address(address) in ipaddress.IPv4Network(discovery.network)
        and instance.get("State", {}).get("Name") == "running"
        and discovery.instance_type in (None, instance.get("InstanceType"))
        and discovery.tags.items() <= _tags(instance).items()
    )


def _candidate(instance: Dict[str, Any], discovery: Discovery) -> Candidate:
    primary = discovery.primary_tag
    marked = primary is not None and _tags(instance).get(primary.key) == primary.value
    return Candidate(str(instance["PrivateIpAddress"]), str(instance.get("InstanceId", "?")), marked)


def _tags(instance: Dict[str, Any]) -> Dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}


def _instances(discovery: Discovery, region: str) -> Iterator[Dict[str, Any]]:
    """Every instance that the filters select, over all pages."""
    try:
        import boto3
        import botocore.config
        import botocore.exceptions
    except ImportError as fault:
        raise Fault(
            Exit.CONFIGURATION,
            f"{fault}: this Python has no boto3; start route-sync by its wrapper, whose environment has it",
        ) from None
    config = botocore.config.Config(
        connect_timeout=AWS_SECONDS,
        read_timeout=AWS_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    try:
        pages = (
            boto3.session.Session(region_name=region)
            .client("ec2", config=config)
            .get_paginator("describe_instances")
        )
        for page in pages.paginate(Filters=_filters(discovery), PaginationConfig={"PageSize": PAGE}):
            for reservation in page["Reservations"]:
                yield from reservation["Instances"]
    except botocore.exceptions.ClientError as fault:
        raise _refused(fault.response.get("Error", {}), region) from None
    except botocore.exceptions.BotoCoreError as fault:
        raise Fault(
            Exit.DISCOVERY, f"EC2 in {region} was not asked: {fault}; are there credentials and a network?"
        ) from None


def _filters(discovery: Discovery) -> List[Dict[str, Any]]:
    wanted = {
        "instance-state-name": "running",
        **{f"tag:{key}": value for key, value in discovery.tags.items()},
    }
    if discovery.instance_type is not None:
        wanted["instance-type"] = discovery.instance_type
    return [{"Name": name, "Values": [value]} for name, value in wanted.items()]


def _refused(error: Dict[str, str], region: str) -> Fault:
    """The API's own complaint; its code is enough, for the text may quote the request."""
    code = error.get("Code", "without a code")
    return Fault(
        Exit.DISCOVERY,
        f"EC2 in {region} refused describe_instances ({code}); the role needs ec2:DescribeInstances there",
    )
