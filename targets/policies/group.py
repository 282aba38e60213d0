"""The worker's security group: the API's port, from those who have business with it (EC2's own field
names).
"""

from __future__ import annotations

from compiler.formats.json import Value
from compiler.spec.runtime import Runtime
from compiler.spec.serving import Serving

_SSH, _HTTP, _HTTPS = 22, 80, 443


def of_worker(runtime: Runtime, serving: Serving) -> Value:
    """Inbound: the API from the ingresses' and the control planes' groups; the ranks' rendezvous from nobody.

    The rendezvous listens on every address even when it is told a loopback one, so the group must not open
    it.
    """
    peers = [*(name for name, _ in runtime.ingresses()), *(name for name, _ in runtime.control_planes())]
    operators = runtime.aws.operators if runtime.aws else ()
    return {
        "GroupName": f"{runtime.name}-{runtime.engine.unit}",
        "Description": f"{runtime.title}: model server",
        "SecurityGroupIngress": [
            *(_tcp(serving.port, f"API from {peer}", group=f"{runtime.name}-{peer}") for peer in peers),
            *(_tcp(_SSH, "operators", network=network) for network in operators),
        ],
        "SecurityGroupEgress": [
            _tcp(_HTTPS, "parameters, models and Python packages", network="0.0.0.0/0"),
            _tcp(_HTTP, "the distribution's packages", network="0.0.0.0/0"),
        ],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
    }


def _tcp(port: int, about: str, *, group: str | None = None, network: str | None = None) -> Value:
    """One rule; a group of a host is named after it and made together with it."""
    peer = {"SourceSecurityGroupName": group} if group else {"CidrIp": network}
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer, "Description": about}
