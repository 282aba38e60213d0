"""IAM statements (IAM's JSON policy elements): each names its actions, its resources and nothing beside
them.
"""

from __future__ import annotations

from collections.abc import Sequence

from compiler.formats.json import Value
from compiler.formats.marked import Parameter
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Ec2Discovery


def of_control_plane(runtime: Runtime, name: str) -> list[Value]:
    """Route-sync: find workers by tag, read its own secrets."""
    return [*_discover(runtime), *_parameters(runtime, runtime.secrets_on(name))]


def of_worker(runtime: Runtime, name: str) -> list[Value]:
    """A worker: read its own secrets, fetch models."""
    return [*_parameters(runtime, runtime.secrets_on(name)), *_models(runtime)]


def _account(runtime: Runtime) -> tuple[str, str]:
    return (runtime.aws.region, runtime.aws.account or "*") if runtime.aws else ("*", "*")


def _discover(runtime: Runtime) -> list[Value]:
    """`DescribeInstances` knows no resources, so the region is the only limit (EC2's service authorization
    reference).
    """
    if not any(isinstance(one.discovery, Ec2Discovery) for one in runtime.serving.values()):
        return []
    region, _ = _account(runtime)
    return [
        {
            "Sid": "FindWorkers",
            "Effect": "Allow",
            "Action": ["ec2:DescribeInstances"],
            "Resource": ["*"],
            "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
        }
    ]


def _parameters(runtime: Runtime, references: Sequence[str]) -> list[Value]:
    region, account = _account(runtime)
    names = sorted({one.removeprefix("ssm:") for one in references if one.startswith("ssm:")})
    if not names:
        return []
    arns: list[Value] = [Parameter(f"arn:aws:ssm:{region}:{account}:parameter{name}", name) for name in names]
    return [{"Sid": "ReadSecrets", "Effect": "Allow", "Action": ["ssm:GetParameter"], "Resource": arns}]


def _models(runtime: Runtime) -> list[Value]:
    location = runtime.rehydration.source
    if not location.startswith("s3://"):
        return []
    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    below = f"{prefix}/*" if prefix else "*"
    return [
        {
            "Sid": "ListModels",
            "Effect": "Allow",
            "Action": ["s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{bucket}"],
            "Condition": {"StringLike": {"s3:prefix": [below]}},
        },
        {
            "Sid": "FetchModels",
            "Effect": "Allow",
            "Action": ["s3:GetObject"],
            "Resource": [f"arn:aws:s3:::{bucket}/{below}"],
        },
    ]
